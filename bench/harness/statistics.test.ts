import fc from 'fast-check'
import { expect, test } from 'vitest'
import { median, quantile, sum } from './statistics.ts'

test('interpolates between the two values nearest to a quantile', () => {
  expect(quantile([40, 10, 30, 20], 0)).toBe(10)
  expect(quantile([40, 10, 30, 20], 1)).toBe(40)
  expect(median([40, 10, 30, 20])).toBe(25)
  expect(quantile([1, 2, 3, 4, 5], 0.99)).toBeCloseTo(4.96)
})

test('orders numbers as numbers, not as text', () => {
  expect(median([9, 10, 100])).toBe(10)
})

test('has no quantile of nothing', () => {
  expect(median([])).toBeNaN()
})

test('never leaves the range of the values and never falls as the fraction grows', () => {
  const finite = fc.double({ noNaN: true, min: -1e9, max: 1e9 })
  const fraction = fc.double({ noNaN: true, min: 0, max: 1 })
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1 }), fraction, fraction, (values, a, b) => {
      const low = quantile(values, Math.min(a, b))
      const high = quantile(values, Math.max(a, b))
      expect(low).toBeGreaterThanOrEqual(Math.min(...values))
      expect(high).toBeLessThanOrEqual(Math.max(...values))
      // Two roundings may part equal values by a last place.
      expect(high - low).toBeGreaterThanOrEqual(-1e-6)
    }),
  )
})

test('adds up', () => {
  expect(sum([])).toBe(0)
  expect(sum([1, 2, 3.5])).toBe(6.5)
})
