import { ProtocolError } from '../protocol-error.ts'
import type { LogTime } from './log-event.ts'

const hour = 3_600_000

/**
 * Turns a server's own clock into points of time. Log lines say neither zone nor offset, so that the zone has to be
 * known from elsewhere (it is that of the machine that the server runs on).
 */
export class ServerClock {
  readonly timeZone: string
  readonly #format: Intl.DateTimeFormat
  /** Offsets by the hour of wall time: lines of the same hour are the rule. */
  readonly #offsets = new Map<number, number>()

  /** `timeZone` is an IANA name (`Europe/Berlin`, `UTC`) or an offset (`+02:00`). Throws `bad-input` for any other. */
  constructor(timeZone: string) {
    this.timeZone = timeZone
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone,
        calendar: 'iso8601',
        numberingSystem: 'latn',
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      })
    } catch (cause) {
      throw new ProtocolError('bad-input', `“${timeZone}” is no time zone.`, { cause })
    }
  }

  /**
   * ms since the epoch. Of an hour that comes twice (the end of summer time), the first; a time that doesn't exist is
   * taken as if the clock had gone on. null for a day or hour that no calendar has.
   */
  toEpoch(time: LogTime): number | null {
    const wall = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second)
    const read = new Date(wall)
    const exists =
      read.getUTCFullYear() === time.year &&
      read.getUTCMonth() === time.month - 1 &&
      read.getUTCDate() === time.day &&
      read.getUTCHours() === time.hour &&
      time.minute < 60 &&
      time.second < 60
    return exists ? wall - this.#offset(wall) : null
  }

  #offset(wall: number): number {
    const key = Math.floor(wall / (hour / 4))
    const known = this.#offsets.get(key)
    if (known !== undefined) return known
    const before = this.#offsetAt(wall - 24 * hour)
    const after = this.#offsetAt(wall + 24 * hour)
    const offset = this.#leadsBack(wall, before) || !this.#leadsBack(wall, after) ? before : after
    if (this.#offsets.size > 1000) this.#offsets.clear()
    this.#offsets.set(key, offset)
    return offset
  }

  /** Whether the offset is in force at the point of time that it makes of this wall time. */
  #leadsBack(wall: number, offset: number): boolean {
    return this.#offsetAt(wall - offset) === offset
  }

  /** How far wall time is ahead of UTC at a point of time. */
  #offsetAt(epoch: number): number {
    const parts = new Map(this.#format.formatToParts(epoch).map(part => [part.type, Number(part.value)]))
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
    const wall = Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    )
    return wall - Math.floor(epoch / 1000) * 1000
  }
}
