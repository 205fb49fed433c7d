import { diskReserve, type Host } from '@left4me/host'
import { ProblemError } from '../http/problem-error.ts'
import { byteText } from './byte-text.ts'

/** Asked before anything that fills the disk, so that it fails at its beginning rather than in its middle. */
export class FreeSpace {
  readonly #host: Pick<Host, 'machine'>
  readonly #reserve: number | null

  /** `reserve`: bytes, in the place of the disk's own. */
  constructor(host: Pick<Host, 'machine'>, reserve: number | null = null) {
    this.#host = host
    this.#reserve = reserve
  }

  /** Rejects with `disk-full`, naming the bytes that are needed and those that are free. */
  async refuseUnless(bytes: number, what: string): Promise<void> {
    const { available, total } = (await this.#host.machine()).disk
    const needed = bytes + (this.#reserve ?? diskReserve(total))
    if (available >= needed) return
    throw new ProblemError(
      'disk-full',
      `${what} needs ${byteText(needed)} of free disk space, and ${byteText(available)} are free. Free ${byteText(needed - available)} first: the disk page shows what can go.`,
    )
  }
}
