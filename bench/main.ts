import { benchmarks } from './benchmarks.ts'
import { helpText, readCommandLine, UsageError } from './harness/command-line.ts'
import { describeCommit } from './harness/commit.ts'
import { describeMachine } from './harness/machine.ts'
import { type BenchmarkResult, writeResults } from './harness/results.ts'
import { runBenchmarks } from './harness/run-benchmarks.ts'
import { tableOf } from './harness/table.ts'

const repository = new URL('..', import.meta.url).pathname

/** Resolves with the exit code: 0, 1 when a benchmark failed, 2 for wrong usage. A figure outside its aim is no failure. */
async function main(words: readonly string[]): Promise<number> {
  const command = readCommandLine(words, benchmarks)
  if (command.help) {
    process.stdout.write(helpText(benchmarks))
    return 0
  }
  const interrupt = new AbortController()
  process.once('SIGINT', () => interrupt.abort())
  process.once('SIGTERM', () => interrupt.abort())
  const circumstances = {
    startedAt: new Date(),
    machine: describeMachine(),
    commit: describeCommit(repository),
  }
  const results: BenchmarkResult[] = []
  await runBenchmarks(
    command.benchmarks,
    {
      signal: interrupt.signal,
      say: text => process.stderr.write(`${text}\n`),
      profileFolder: command.profileFolder,
    },
    result => {
      results.push(result)
      process.stdout.write(tableOf(result))
    },
  )
  await writeResults(`${repository}bench-results.json`, { ...circumstances, benchmarks: results })
  return results.some(({ outcome }) => outcome.state === 'failed') ? 1 : 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
