import { describe, expect, it } from 'vitest'
import { Random } from './random.ts'

const sequence = (seed: number): number[] => {
  const random = new Random(seed)
  return Array.from({ length: 50 }, () => random.below(1000))
}

describe('random numbers', () => {
  it('follow from the seed alone', () => {
    expect(sequence(7)).toEqual(sequence(7))
    expect(sequence(7)).not.toEqual(sequence(8))
  })

  it('stay inside their bounds, and 0 and 100 per cent mean never and always', () => {
    const random = new Random(1)
    for (let round = 0; round < 1000; round += 1) {
      expect(random.chance(0)).toBe(false)
      expect(random.chance(100)).toBe(true)
    }
    expect(sequence(3).every(number => Number.isInteger(number) && number >= 0 && number < 1000)).toBe(true)
  })

  it('refuse to pick from nothing', () => {
    expect(() => new Random(1).pick([])).toThrow(RangeError)
  })
})
