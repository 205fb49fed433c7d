import { ConvergeError } from '../converge-error.ts'

/**
 * Reads what the remote shell prints: records of NUL-terminated fields. A record starts with the number of its fields,
 * or with `*` when an empty field ends it. Bytes that aren't UTF-8 become U+FFFD; no field that matters can hold them.
 */
export class RecordReader {
  #rest: Buffer = Buffer.alloc(0)
  #fields: string[] = []
  #wanted: number | '*' | null = null
  #searched = 0

  /** The records that `chunk` completes, in order. Throws when what came is no record. */
  read(chunk: Buffer): string[][] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const records: string[][] = []
    let from = 0
    let end = this.#rest.indexOf(0, this.#searched)
    while (end !== -1) {
      const record = this.#take(this.#rest.toString('utf8', from, end))
      if (record !== null) records.push(record)
      from = end + 1
      end = this.#rest.indexOf(0, from)
    }
    this.#rest = this.#rest.subarray(from)
    this.#searched = this.#rest.length
    return records
  }

  #take(field: string): string[] | null {
    if (this.#wanted === null) {
      if (field !== '*' && !/^[1-9][0-9]{0,5}$/.test(field))
        throw new ConvergeError(
          'bad-answer',
          `The target printed ${JSON.stringify(field.slice(0, 200))} where a record was expected. Does its shell print something at the start?`,
        )
      this.#wanted = field === '*' ? '*' : Number(field)
      return null
    }
    if (this.#wanted === '*' ? field === '' : this.#fields.push(field) === this.#wanted) {
      const record = this.#fields
      this.#fields = []
      this.#wanted = null
      return record
    }
    if (this.#wanted === '*') this.#fields.push(field)
    return null
  }
}
