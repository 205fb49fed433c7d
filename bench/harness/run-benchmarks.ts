import { type Benchmark, type BenchmarkContext, NotRunnable } from './benchmark.ts'
import { timerLateness } from './quiet.ts'
import type { BenchmarkResult, Outcome } from './results.ts'

/** Runs one after the other, since they would disturb each other; a failed one doesn't keep the next from running. */
export async function runBenchmarks(
  benchmarks: readonly Benchmark[],
  context: BenchmarkContext,
  onResult: (result: BenchmarkResult) => void,
): Promise<BenchmarkResult[]> {
  const results: BenchmarkResult[] = []
  for (const benchmark of benchmarks) {
    const { name, title } = benchmark
    context.say(name)
    const timerLatenessBefore = await timerLateness()
    const begin = performance.now()
    const outcome = await outcomeOf(benchmark, context)
    const seconds = (performance.now() - begin) / 1000
    const result = { name, title, seconds, timerLatenessBefore, outcome }
    results.push(result)
    onResult(result)
    if (context.signal.aborted) break
  }
  return results
}

async function outcomeOf(benchmark: Benchmark, context: BenchmarkContext): Promise<Outcome> {
  try {
    const measurement = await benchmark.run(context)
    const empty = measurement.figures.find(({ value }) => !Number.isFinite(value))
    if (empty) return { state: 'failed', reason: `nothing was measured for “${empty.name}”` }
    return { state: 'finished', ...measurement }
  } catch (error) {
    if (error instanceof NotRunnable) return { state: 'not-run', reason: error.message }
    return { state: 'failed', reason: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${reasonOf(error.cause)}` : error.message
}
