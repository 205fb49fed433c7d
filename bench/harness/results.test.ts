import { expect, test } from 'vitest'
import type { BenchmarkResult } from './results.ts'
import { resultsText } from './results.ts'

const machine = {
  cpu: 'a CPU',
  cores: 2,
  memoryBytes: 1024,
  kernel: '6.12.0',
  distribution: 'Debian',
  node: '24.0.0',
  loadBefore: 0.5,
}
const textOf = (...benchmarks: BenchmarkResult[]) =>
  resultsText({
    startedAt: new Date(0),
    machine,
    commit: { id: 'abc', clean: false },
    benchmarks,
  })

test('writes every sample with its unit and the verdict beside each figure that has an aim', () => {
  const text = textOf({
    name: 'first',
    title: 'A first one',
    seconds: 1.5,
    timerLatenessBefore: 0.5,
    outcome: {
      state: 'finished',
      samples: [{ name: 'start', unit: 'ms', values: [3, 1.00000000001, 2] }],
      figures: [
        { name: 'median', unit: 'ms', value: 2, aim: { atMost: 1 } },
        { name: 'speed', unit: 'times', value: 2, aim: { atLeast: 2 } },
        { name: 'fastest', unit: 'ms', value: 1, aim: null },
      ],
      notes: ['a note'],
    },
  })
  expect(text).toContain('"values": [3,1,2]')
  expect(JSON.parse(text)).toEqual({
    startedAt: '1970-01-01T00:00:00.000Z',
    commit: { id: 'abc', clean: false },
    machine,
    benchmarks: [
      {
        name: 'first',
        title: 'A first one',
        seconds: 1.5,
        timerLatenessBefore: 0.5,
        state: 'finished',
        figures: [
          { name: 'median', unit: 'ms', value: 2, aim: { atMost: 1 }, verdict: 'outside' },
          { name: 'speed', unit: 'times', value: 2, aim: { atLeast: 2 }, verdict: 'within' },
          { name: 'fastest', unit: 'ms', value: 1, aim: null },
        ],
        notes: ['a note'],
        samples: [{ name: 'start', unit: 'ms', values: [3, 1, 2] }],
      },
    ],
  })
})

test('names what could not run, with the reason', () => {
  const outcome = { state: 'not-run', reason: 'there is no Chromium' } as const
  expect(
    JSON.parse(textOf({ name: 'page', title: 'A page', seconds: 0, timerLatenessBefore: 0, outcome })),
  ).toMatchObject({
    benchmarks: [{ name: 'page', state: 'not-run', reason: 'there is no Chromium' }],
  })
})
