import { describe, expect, test } from 'vitest'
import { ServerClock } from './server-clock.ts'

const at = (year: number, month: number, day: number, hour: number, minute = 0, second = 0) => ({
  year,
  month,
  day,
  hour,
  minute,
  second,
})
const iso = (zone: string, time: ReturnType<typeof at>) => {
  const epoch = new ServerClock(zone).toEpoch(time)
  return epoch === null ? null : new Date(epoch).toISOString()
}

describe('ServerClock', () => {
  test.each([
    ['UTC', at(2024, 2, 29, 23, 59, 59), '2024-02-29T23:59:59.000Z'],
    ['Europe/Berlin', at(2024, 1, 15, 12), '2024-01-15T11:00:00.000Z'],
    ['Europe/Berlin', at(2024, 7, 15, 12), '2024-07-15T10:00:00.000Z'],
    ['America/St_Johns', at(2024, 1, 15, 12), '2024-01-15T15:30:00.000Z'],
    ['Asia/Kathmandu', at(2024, 1, 15, 12), '2024-01-15T06:15:00.000Z'],
    ['+02:00', at(2024, 1, 15, 12), '2024-01-15T10:00:00.000Z'],
  ])('reads %s', (zone, time, expected) => {
    expect(iso(zone, time)).toBe(expected)
  })

  test('takes the first of an hour that comes twice', () => {
    expect(iso('Europe/Berlin', at(2024, 10, 27, 1, 59))).toBe('2024-10-26T23:59:00.000Z')
    expect(iso('Europe/Berlin', at(2024, 10, 27, 2, 30))).toBe('2024-10-27T00:30:00.000Z')
    expect(iso('Europe/Berlin', at(2024, 10, 27, 3))).toBe('2024-10-27T02:00:00.000Z')
  })

  test('goes on through an hour that does not exist', () => {
    expect(iso('Europe/Berlin', at(2024, 3, 31, 1, 59))).toBe('2024-03-31T00:59:00.000Z')
    expect(iso('Europe/Berlin', at(2024, 3, 31, 2, 30))).toBe('2024-03-31T01:30:00.000Z')
    expect(iso('Europe/Berlin', at(2024, 3, 31, 3))).toBe('2024-03-31T01:00:00.000Z')
  })

  test('agrees with a plain calculation for every quarter of an hour of a year with two changes', () => {
    const clock = new ServerClock('Europe/Berlin')
    const start = Date.UTC(2024, 0, 1)
    let earlier = Number.NEGATIVE_INFINITY
    for (let quarter = 0; quarter < 366 * 96; quarter += 1) {
      const wall = new Date(start + quarter * 900_000)
      const epoch = clock.toEpoch(
        at(2024, wall.getUTCMonth() + 1, wall.getUTCDate(), wall.getUTCHours(), wall.getUTCMinutes()),
      )
      const offset = Number(epoch === null ? Number.NaN : wall.getTime() - epoch)
      expect([3_600_000, 7_200_000]).toContain(offset)
      if (quarter % 96 === 0) {
        expect(epoch).toBeGreaterThan(earlier)
        earlier = epoch ?? 0
      }
    }
  })

  test.each([
    at(2024, 13, 1, 0),
    at(2023, 2, 29, 0),
    at(2024, 1, 1, 24),
    at(2024, 1, 1, 0, 60),
    at(2024, 0, 1, 0),
  ])('knows no point of time for %j', time => {
    expect(new ServerClock('UTC').toEpoch(time)).toBeNull()
  })

  test('refuses what is no zone', () => {
    expect(() => new ServerClock('Mars/Olympus')).toThrow(expect.objectContaining({ code: 'bad-input' }))
  })
})
