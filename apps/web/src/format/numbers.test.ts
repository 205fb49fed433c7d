import { describe, expect, it } from 'vitest'
import { formatBytes, formatFraction } from './numbers.ts'

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [9_994, '9.99 kB'],
    [9_999, '10.0 kB'],
    [99_960, '100 kB'],
    [999_600, '1.00 MB'],
    [9_710_287_462, '9.71 GB'],
    [33e9, '33.0 GB'],
    [5e15, '5.00 PB'],
    [5e18, '5000 PB'],
  ])('gives %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

describe('formatFraction', () => {
  it('says 100 % only when it is done', () => {
    expect(formatFraction(0.9999)).toBe('99 %')
    expect(formatFraction(1)).toBe('100 %')
  })

  it('stays within 0 and 100 %', () => {
    expect(formatFraction(-1)).toBe('0 %')
    expect(formatFraction(7)).toBe('100 %')
  })
})
