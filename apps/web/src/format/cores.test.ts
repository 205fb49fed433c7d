import { expect, test } from 'vitest'
import { formatCores } from './cores.ts'

test.each([
  [[], ''],
  [[3], '3'],
  [[0, 1], '0, 1'],
  [[5, 4, 2, 3, 7], '2–5, 7'],
  [[1, 1, 3], '1, 3'],
])('%j is written %j', (cores, text) => {
  expect(formatCores(cores)).toBe(text)
})
