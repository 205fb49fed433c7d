import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { benchmarks } from './benchmarks.ts'
import { helpText, readCommandLine, UsageError } from './harness/command-line.ts'
import { describeCommit } from './harness/commit.ts'
import { describeMachine } from './harness/machine.ts'
import { writeResults } from './harness/results.ts'
import { runBenchmarks } from './harness/run-benchmarks.ts'
import { tableOf } from './harness/table.ts'

const repository = join(import.meta.dirname, '..')

/**
 * `npm run bench`: measures, prints a table and writes bench-results.json. Resolves with the exit code: 1 when a
 * benchmark failed. An aim that was missed is a figure and no failure.
 */
async function main(): Promise<number> {
  const command = readCommandLine(process.argv.slice(2), benchmarks)
  if (command.help) {
    process.stdout.write(helpText(benchmarks))
    return 0
  }
  if (command.profileFolder !== null) await mkdir(command.profileFolder, { recursive: true })
  const interruption = new AbortController()
  // A second signal ends the process at once: whatever then stays behind is the person's own choice.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => interruption.abort(new Error('interrupted')))

  const startedAt = new Date()
  const machine = describeMachine()
  const commit = describeCommit(repository)
  const results = await runBenchmarks(
    command.benchmarks,
    {
      signal: interruption.signal,
      say: text => process.stderr.write(`bench: ${text}\n`),
      profileFolder: command.profileFolder,
    },
    result => process.stdout.write(`\n${tableOf(result)}`),
  )
  const path = join(repository, 'bench-results.json')
  await writeResults(path, { startedAt, machine, commit, benchmarks: results })
  const { cpu, cores, node, kernel, loadBefore } = machine
  process.stdout.write(
    `\n${cpu}, ${cores} cores, Linux ${kernel}, Node ${node}, load ${loadBefore.toFixed(1)} before; ` +
      `commit ${commit.id?.slice(0, 10) ?? 'unknown'}${commit.clean === false ? ' with changes' : ''}\n` +
      `every sample: ${path}\n`,
  )
  return results.some(({ outcome }) => outcome.state === 'failed') || interruption.signal.aborted ? 1 : 0
}

process.exitCode = await main().catch(error => {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`bench: ${error.message}\n`)
  return 2
})
