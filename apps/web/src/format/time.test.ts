import { describe, expect, it } from 'vitest'
import { formatDuration, formatLocal, formatRelative, formatUtc } from './time.ts'

const second = 1000
const now = new Date(2026, 10, 22, 21, 4, 11).getTime()

describe('formatRelative', () => {
  it.each([
    [0, 'just now'],
    [9, 'just now'],
    [10, '10 s ago'],
    [59, '50 s ago'],
    [60, '1 min ago'],
    [3599, '59 min ago'],
    [3600, '1 h ago'],
    [86_399, '23 h ago'],
    [86_400, '1 d ago'],
    [7 * 86_400 - 1, '6 d ago'],
  ])('says of %i seconds ago: %s', (ago, text) => {
    expect(formatRelative(new Date(now - ago * second), now)).toBe(text)
  })

  it('gives the date once it is long ago', () => {
    expect(formatRelative(new Date(2026, 0, 2, 3, 4), now)).toBe('2026-01-02')
  })

  it('does not speak of the future, which only a wrong clock brings', () => {
    expect(formatRelative(new Date(now + 5000), now)).toBe('just now')
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [125, '2 min 5 s'],
    [3600, '1 h'],
    [3605, '1 h'],
    [11_520, '3 h 12 min'],
    [187_200, '2 d 4 h'],
    [-5, '0 s'],
  ])('gives %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })
})

describe('absolute times', () => {
  it('are local, and the same instant in UTC', () => {
    const time = new Date(2026, 2, 4, 5, 6, 7)
    expect(formatLocal(time)).toBe('2026-03-04 05:06:07')
    expect(formatUtc(time)).toBe(`${time.toISOString().slice(0, 10)} ${time.toISOString().slice(11, 19)} UTC`)
  })
})
