import { rmSync, statSync } from 'node:fs'
import type { HostPaths } from '../host-paths.ts'
import { programs, runCommand } from '../program/run-command.ts'

/** More isn't needed to let the database and the neighbours go on until a person has made room. */
const most = 256 * 1024 ** 2
/** With less it isn't worth it. */
const least = 1024 ** 2

/**
 * Part of the reserve, held as a file of root's: a disk can be full before anybody looks, and stopping who filled it
 * gives nothing back. Giving this up does.
 */
export class HeldReserve {
  readonly #path: string

  constructor(paths: HostPaths) {
    this.#path = `${paths.runtime}/.held-reserve`
  }

  /** Bytes; 0 when none is held. */
  get size(): number {
    return (statSync(this.#path, { throwIfNoEntry: false })?.blocks ?? 0) * 512
  }

  /** Takes room while there is plenty, gives it back when there is hardly any. In bytes; `free` with what is held. */
  adjust(space: { readonly free: number; readonly reserve: number }): void {
    const held = this.size
    const wanted = Math.floor(Math.min(most, space.reserve / 2))
    if (held > 0 && space.free - held < wanted / 4) this.#give()
    else if (held === 0 && wanted >= least && space.free >= space.reserve + wanted) this.#take(wanted)
  }

  #give(): void {
    rmSync(this.#path, { force: true })
  }

  /** A file system that can't allocate ahead holds nothing: fallocate(2). */
  #take(bytes: number): void {
    const { code } = runCommand(programs.fallocate, ['--length', String(bytes), this.#path])
    if (code !== 0) this.#give()
  }
}
