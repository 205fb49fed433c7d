import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const standIn = fileURLToPath(new URL('./journal-stand-in.ts', import.meta.url))
const boot = '8593f17c89204e31a4dd80f899828199'

/** The journal that `journal-stand-in.ts` reads: entries as journalctl of systemd 257 prints them. */
export class RecordedJournal {
  readonly folder: string
  #number = 0
  #printed = 0
  #file = '9b0e04dc970c4629aa4ee6da46d31474'

  constructor(folder: string) {
    this.folder = folder
  }

  /** What runs the stand-in on it. */
  get helper(): readonly string[] {
    return [process.execPath, standIn, this.folder]
  }

  /** Entries of one line each, for instance `name`, in their order; `at` in ms since the epoch. */
  async print(texts: readonly string[], name = '1', at = Date.now()): Promise<void> {
    await appendFile(this.#path(name), texts.map(text => `${this.#row(text, at)}\n`).join(''))
  }

  /** A row that is no entry. */
  async printGarbage(row: string, name = '1'): Promise<void> {
    await appendFile(this.#path(name), `${row}\n`)
  }

  /** journald deletes the oldest entries. */
  async vacuum(count: number, name = '1'): Promise<void> {
    const rows = (await readFile(this.#path(name), 'utf8')).split('\n')
    await writeFile(this.#path(name), rows.slice(count).join('\n'))
  }

  /** The journal was deleted and begins anew, counting from 1. */
  async beginAnew(name = '1'): Promise<void> {
    await rm(this.#path(name))
    this.#file = 'ffffffffffffffffffffffffffffffff'
    this.#number = 0
  }

  async fail(complaint: string): Promise<void> {
    await writeFile(join(this.folder, 'broken'), complaint)
  }

  async mend(): Promise<void> {
    await rm(join(this.folder, 'broken'))
  }

  /** Pid and last argument of each time that the helper was started. */
  async starts(): Promise<{ pid: number; end: string }[]> {
    const text = await readFile(join(this.folder, 'starts'), 'utf8').catch(() => '')
    return text
      .split('\n')
      .filter(row => row !== '')
      .map(row => ({ pid: Number(row.split(' ')[0]), end: row.split(' ')[1] ?? '' }))
  }

  #row(text: string, at: number): string {
    this.#number += 1
    this.#printed += 1
    const hexadecimal = (value: number) => value.toString(16)
    // Later than the beginning of the log, which the wall clock says.
    const time = at * 1000 + 1000 + (this.#printed % 1000)
    const monotonic = 12_699_745_017 + this.#printed
    return JSON.stringify({
      MESSAGE: text,
      __SEQNUM: String(this.#number),
      __CURSOR: `s=${this.#file};i=${hexadecimal(this.#number)};b=${boot};m=${hexadecimal(monotonic)};t=${hexadecimal(time)};x=e0891da2f94f01b1`,
      __REALTIME_TIMESTAMP: String(time),
      _BOOT_ID: boot,
      _STREAM_ID: '600978d401674894b0acbd0608d28b33',
    })
  }

  #path(name: string): string {
    return join(this.folder, `${name}.jsonl`)
  }
}
