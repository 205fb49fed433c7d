import { expect, test } from 'vitest'
import { formatValue, tableOf } from './table.ts'

test('shows each figure beside its aim and says which are outside', () => {
  const table = tableOf({
    name: 'list',
    title: 'A list',
    seconds: 12.3,
    timerLatenessBefore: 12,
    outcome: {
      state: 'finished',
      samples: [],
      figures: [
        { name: 'p99', unit: 'ms', value: 21.27, aim: { atMost: 20 } },
        { name: 'disk', unit: 'bytes', value: 20_480, aim: { atMost: 65_536 } },
        { name: 'requests', unit: '1/s', value: 4321.4, aim: null },
      ],
      notes: ['one core was busy'],
    },
  })
  expect(table).toBe(
    `list: A list (12 s)
  p99         21.3 ms  ≤ 20 ms   OUTSIDE
  disk         20 KiB  ≤ 64 KiB  within
  requests  4,321 1/s
  · one core was busy
  · the machine was busy with other work: a timer came 12 ms late before this began
`,
  )
})

test('gives the reason of what failed and of what could not run', () => {
  const result = { name: 'page', title: 'A page', seconds: 0, timerLatenessBefore: 0 }
  expect(tableOf({ ...result, outcome: { state: 'failed', reason: 'it broke' } })).toContain(
    'failed: it broke',
  )
  expect(tableOf({ ...result, outcome: { state: 'not-run', reason: 'no browser' } })).toContain(
    'not run: no browser',
  )
})

test.each([
  [0.5, 'ms', '0.50 ms'],
  [100.4, 'ms', '100 ms'],
  [4096, 'bytes', '4,096 bytes'],
  [2.345, 'times', '2.35×'],
  [2000, 'count', '2,000'],
] as const)('writes %d %s as %s', (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text)
})
