import { readFileSync } from 'node:fs'

/** Where an entry lies in the journal, as its cursor tells: sd_journal_get_cursor(3). Times are µs. */
export interface JournalPosition {
  readonly cursor: string
  /** The line of files whose entries `number` counts. */
  readonly file: string
  readonly number: number
  readonly boot: string
  /** Since that boot, CLOCK_MONOTONIC. */
  readonly monotonic: number
  /** Since the epoch. */
  readonly time: number
}

const cursorPattern =
  /^s=([0-9a-f]{32});i=([0-9a-f]{1,13});b=([0-9a-f]{32});m=([0-9a-f]{1,13});t=([0-9a-f]{1,13});x=[0-9a-f]{1,16}$/
const noFile = '0'.repeat(32)

/** null for what systemd doesn't write. */
export function parseCursor(cursor: string): JournalPosition | null {
  const match = cursorPattern.exec(cursor)
  if (!match) return null
  const [, file = '', number = '', boot = '', monotonic = '', time = ''] = match
  return {
    cursor,
    file,
    number: Number.parseInt(number, 16),
    boot,
    monotonic: Number.parseInt(monotonic, 16),
    time: Number.parseInt(time, 16),
  }
}

/** In the order in which journald itself puts entries: by number, else by the boot's clock, else by the wall clock. */
export function comparePositions(one: JournalPosition, other: JournalPosition): number {
  if (one.file === other.file) return one.number - other.number
  if (one.boot === other.boot) return one.monotonic - other.monotonic
  return one.time - other.time
}

/** A place that no entry has: after all that is in the journal by now, before all that comes. */
export function presentPosition(): JournalPosition {
  // random(4).
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim().replaceAll('-', '')
  const monotonic = Number(process.hrtime.bigint() / 1000n)
  const time = Date.now() * 1000
  const cursor = `s=${noFile};i=0;b=${boot};m=${monotonic.toString(16)};t=${time.toString(16)};x=0`
  return { cursor, file: noFile, number: 0, boot, monotonic, time }
}

/** Whether an entry was there: not so at a place that `presentPosition` gave. */
export function isOfEntry(position: JournalPosition): boolean {
  return position.file !== noFile
}
