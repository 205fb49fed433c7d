import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { codecs } from './codecs.ts'
import { type FuzzReport, superviseCodec } from './supervise.ts'

/**
 * Gives every codec a million broken inputs: `node packages/protocols/fuzz/main.ts [--codec NAME] [--inputs N] [--seed N]`.
 * Exits 1 when one of them throws anything but a ProtocolError, breaks a promise, hangs, or takes too much memory, and
 * prints the input that did it (base64). The same seed gives the same inputs.
 */
const usage = 'Usage: node packages/protocols/fuzz/main.ts [--codec NAME] [--inputs N] [--seed N] [--json]'

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      codec: { type: 'string' },
      inputs: { type: 'string', default: '1000000' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  })
  const names = codecs
    .map(({ name }) => name)
    .filter(name => values.codec === undefined || name === values.codec)
  const [inputs, seed] = [Number(values.inputs), Number(values.seed)]
  if (names.length === 0 || !Number.isSafeInteger(inputs) || inputs < 1 || !Number.isSafeInteger(seed)) {
    process.stderr.write(`${usage}\nCodecs: ${codecs.map(({ name }) => name).join(', ')}\n`)
    return 2
  }
  const rows: FuzzRow[] = []
  const lanes = Array.from({ length: Math.min(availableParallelism(), names.length) }, async () => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      const started = performance.now()
      const report = await superviseCodec(name, inputs, seed)
      const row = { codec: name, seconds: (performance.now() - started) / 1000, report }
      rows.push(row)
      if (!values.json) process.stdout.write(line(row))
    }
  })
  await Promise.all(lanes)
  if (values.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
  return rows.some(({ report }) => 'failure' in report) ? 1 : 0
}

interface FuzzRow {
  readonly codec: string
  readonly seconds: number
  readonly report: FuzzReport
}

function line({ codec, seconds, report }: FuzzRow): string {
  const name = codec.padEnd(18)
  if ('failure' in report)
    return `${name} FAILED: ${report.failure}\n  input (base64): ${report.input ?? 'none'}\n`
  const { inputs, refused, kinds } = report.tally
  const rate = Math.round(inputs / seconds).toLocaleString('en')
  const heap = Math.round(report.largestHeap / 2 ** 20)
  return `${name} ${inputs.toLocaleString('en')} inputs in ${seconds.toFixed(1)} s (${rate}/s), ${refused.toLocaleString('en')} refused, ${kinds} kinds, ${heap} MiB at most\n`
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`)
  return 2
})
