import { appendFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { replaceFile } from '../../files/atomic-file.ts'
import {
  comparePositions,
  isOfEntry,
  type JournalPosition,
  parseCursor,
  presentPosition,
} from './journal-position.ts'

/** What is known of one entry: the sequence of the last line up to and with it. */
export interface Checkpoint {
  readonly sequence: number
  readonly position: JournalPosition
  /** See `EntryLines`. */
  readonly overlong: string | null
}

/**
 * Lines that may be handed on after the newest checkpoint. Where the journal has lost that checkpoint's entry, nobody
 * knows how many of its lines had got numbers: the next one is so much further, for a number isn't given twice.
 */
export const linesBetweenCheckpoints = 1000

const fileName = 'checkpoints'
/** Of more records the file is rewritten with fewer. */
const recordLimit = 384
const keptRecords = 256
/** Lines from one older record to the next that is kept. */
const keptDistance = linesBetweenCheckpoints
/** The newest ones are kept however close they are. */
const keptNewest = 3

/**
 * Which line of an instance has which number, written down now and then, so that the same entries of the journal give
 * the same numbers again whoever reads them, and whenever. Append-only: `SEQUENCE CURSOR STREAM|- CRC32` a line; a line
 * that is damaged is passed over. The first record of an instance says where its log begins: an entry before that is of
 * an earlier instance with the same id.
 */
export class Checkpoints {
  readonly #folder: string
  #records: readonly Checkpoint[]
  #writing: Promise<void> = Promise.resolve()
  #rewrite: boolean
  #removed = false

  private constructor(folder: string, records: readonly Checkpoint[], damaged: boolean) {
    this.#folder = folder
    this.#records = records
    this.#rewrite = damaged
  }

  /** null when the instance has no log yet. */
  static async open(folder: string): Promise<Checkpoints | null> {
    let bytes: Buffer
    try {
      bytes = await readFile(join(folder, fileName))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
    const { records, damaged } = parseRecords(bytes.toString('latin1'))
    if (records.length > 0) return new Checkpoints(folder, records, damaged)
    // Nothing is left of it. Numbers from here on must be above all that were ever given: those of a clock in ms are,
    // as no server has printed a thousand lines a second since 1970.
    return await Checkpoints.#begin(folder, Date.now())
  }

  /** Begins a log that has none yet; an existing one goes on. Rejects when nothing can be written. */
  static async begin(folder: string): Promise<Checkpoints> {
    return (await Checkpoints.open(folder)) ?? (await Checkpoints.#begin(folder, 0))
  }

  static async #begin(folder: string, sequence: number): Promise<Checkpoints> {
    const checkpoints = new Checkpoints(
      folder,
      [{ sequence, position: presentPosition(), overlong: null }],
      true,
    )
    await checkpoints.#write([])
    return checkpoints
  }

  get newest(): Checkpoint {
    const newest = this.#records.at(-1)
    if (!newest) throw new Error('a log has at least its beginning')
    return newest
  }

  /**
   * Where to begin to read, so that every line after `sequence` gets its number: before the newest record up to it, so
   * that reading on shows whether the journal still has that one's entry.
   */
  before(sequence: number): Checkpoint {
    const above = this.#records.findIndex(record => record.sequence > sequence)
    const index = (above < 0 ? this.#records.length : above) - 1
    return this.#records[Math.max(0, index - 1)] ?? this.newest
  }

  isOldest(checkpoint: Checkpoint): boolean {
    return checkpoint === this.#records[0]
  }

  /** The oldest record behind a place in the journal, or null. */
  after(position: JournalPosition): Checkpoint | null {
    let low = 0
    let high = this.#records.length
    while (low < high) {
      const middle = (low + high) >> 1
      const record = this.#records[middle]
      if (record && comparePositions(record.position, position) > 0) high = middle
      else low = middle + 1
    }
    return this.#records[low] ?? null
  }

  /**
   * Adds a record; one that isn't after the newest is ignored. It counts at once; resolves when it is written, also when
   * it couldn't be: lines are worth more than their numbers after a crash.
   */
  async add(checkpoint: Checkpoint): Promise<void> {
    const { newest } = this
    if (checkpoint.sequence <= newest.sequence) return
    if (comparePositions(checkpoint.position, newest.position) <= 0) return
    this.#records = [...this.#records, checkpoint]
    if (this.#records.length > recordLimit) {
      this.#records = thinned(this.#records)
      this.#rewrite = true
    }
    await this.#write([checkpoint]).catch(() => undefined)
  }

  /**
   * To be awaited before lines up to `checkpoint` are handed on: adds it when it would otherwise be too many without one,
   * or when there is none yet (null: their numbers aren't known). The journal may lose what came after the newest one.
   */
  async keepUp(checkpoint: Checkpoint | null): Promise<void> {
    const { newest } = this
    if (!checkpoint) return
    const lines = checkpoint.sequence - newest.sequence
    if (lines >= linesBetweenCheckpoints / 2 || !isOfEntry(newest.position)) await this.add(checkpoint)
  }

  /** Deletes the folder with all that is in it. Nothing is written afterwards. */
  async remove(): Promise<void> {
    this.#removed = true
    await this.#writing.catch(() => undefined)
    await rm(this.#folder, { recursive: true, force: true })
  }

  #write(added: readonly Checkpoint[]): Promise<void> {
    const writing = this.#writing
      .catch(() => undefined)
      .then(async () => {
        if (this.#removed) return
        const path = join(this.#folder, fileName)
        if (!this.#rewrite) return await appendFile(path, added.map(formatRecord).join(''), { mode: 0o600 })
        await mkdir(this.#folder, { recursive: true, mode: 0o700 })
        await replaceFile(path, this.#records.map(formatRecord).join(''))
        this.#rewrite = false
      })
    this.#writing = writing.catch(() => {
      // Half a record may be there.
      this.#rewrite = true
    })
    return writing
  }
}

/** Of the older ones those that are some way apart, and of these the newest. */
function thinned(records: readonly Checkpoint[]): Checkpoint[] {
  const newest = records.slice(-keptNewest)
  const kept: Checkpoint[] = []
  for (const record of records.slice(0, -keptNewest)) {
    const last = kept.at(-1)
    if (!last || record.sequence - last.sequence >= keptDistance) kept.push(record)
  }
  return [...kept.slice(-(keptRecords - newest.length)), ...newest]
}

function formatRecord({ sequence, position, overlong }: Checkpoint): string {
  const text = `${sequence} ${position.cursor} ${overlong ?? '-'}`
  return `${text} ${crc32(text).toString(16)}\n`
}

function parseRecords(text: string): { records: Checkpoint[]; damaged: boolean } {
  const rows = text.split('\n')
  const unfinished = rows.pop() !== ''
  const records: Checkpoint[] = []
  for (const row of rows) {
    const record = parseRecord(row)
    const last = records.at(-1)
    if (record && (!last || isAfter(record, last))) records.push(record)
  }
  return { records, damaged: unfinished || records.length < rows.length }
}

function isAfter(record: Checkpoint, last: Checkpoint): boolean {
  return record.sequence >= last.sequence && comparePositions(record.position, last.position) > 0
}

function parseRecord(row: string): Checkpoint | null {
  const match = /^((\d{1,16}) (\S{1,255}) (-|[0-9a-f]{1,32})) ([0-9a-f]{1,8})$/.exec(row)
  if (!match) return null
  const [, text = '', sequence = '', cursor = '', overlong = '', sum = ''] = match
  const position = parseCursor(cursor)
  if (!position || crc32(text).toString(16) !== sum) return null
  if (!Number.isSafeInteger(Number(sequence))) return null
  return { sequence: Number(sequence), position, overlong: overlong === '-' ? null : overlong }
}
