import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Benchmark } from './benchmark.ts'

export interface BenchCommand {
  readonly help: boolean
  readonly benchmarks: readonly Benchmark[]
  /** Absolute. */
  readonly profileFolder: string | null
}

export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Names choose benchmarks, in the list's order; none chooses all. Throws UsageError for a name that there isn't. */
export function readCommandLine(words: readonly string[], all: readonly Benchmark[]): BenchCommand {
  const { values, positionals } = parse(words)
  const unknown = positionals.find(name => !all.some(benchmark => benchmark.name === name))
  if (unknown !== undefined)
    throw new UsageError(
      `there is no benchmark “${unknown}”; there are ${all.map(each => each.name).join(', ')}`,
    )
  return {
    help: values.help === true,
    benchmarks: positionals.length === 0 ? all : all.filter(each => positionals.includes(each.name)),
    profileFolder: values.profile === undefined ? null : resolve(values.profile),
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, profile: { type: 'string' } },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

export function helpText(all: readonly Benchmark[]): string {
  const width = Math.max(...all.map(({ name }) => name.length))
  const lines = all.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}`)
  return `npm run bench [-- [--profile FOLDER] NAME…]

Measures and writes bench-results.json. Without names all of:
${lines.join('\n')}

--profile FOLDER writes CPU profiles of the measured processes there (open them in Chromium's DevTools); their figures are slower then.
`
}
