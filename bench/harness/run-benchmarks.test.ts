import { expect, test } from 'vitest'
import { type Benchmark, NotRunnable } from './benchmark.ts'
import { runBenchmarks } from './run-benchmarks.ts'

const benchmark = (name: string, run: Benchmark['run']): Benchmark => ({ name, title: name, run })
const measurement = (value: number) => ({
  samples: [],
  figures: [{ name: 'it', unit: 'ms', value, aim: null } as const],
  notes: [],
})
const run = async (benchmarks: readonly Benchmark[], signal = new AbortController().signal) => {
  const context = { signal, say: () => undefined, profileFolder: null }
  return (await runBenchmarks(benchmarks, context, () => undefined)).map(({ name, outcome }) => [
    name,
    outcome.state,
    outcome.state === 'finished' ? null : outcome.reason,
  ])
}

test('goes on after one that failed and tells it from one that this machine can not run', async () => {
  const results = await run([
    benchmark('broken', async () => {
      throw new Error('it broke', { cause: new Error('a wire was loose') })
    }),
    benchmark('impossible', async () => {
      throw new NotRunnable('there is no browser')
    }),
    benchmark('good', async () => measurement(1)),
  ])
  expect(results).toEqual([
    ['broken', 'failed', 'it broke: a wire was loose'],
    ['impossible', 'not-run', 'there is no browser'],
    ['good', 'finished', null],
  ])
})

test('fails a figure without a value rather than comparing nothing with its aim', async () => {
  expect(await run([benchmark('empty', async () => measurement(Number.NaN))])).toEqual([
    ['empty', 'failed', 'nothing was measured for “it”'],
  ])
})

test('begins no further one after an interruption', async () => {
  const interruption = new AbortController()
  const first = benchmark('first', async () => {
    interruption.abort()
    return measurement(1)
  })
  const never = benchmark('never', async () => {
    throw new Error('it was begun')
  })
  expect(await run([first, never], interruption.signal)).toEqual([['first', 'finished', null]])
})
