import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Fills an empty folder from Debian's archive, anew when that fails: for some minutes of a day, while it is renewed, the
 * files of an archive don't fit each other.
 */
export async function fromArchive(folder: string, fill: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await fill()
      return
    } catch (error) {
      if (tries === 3) throw error
      process.stderr.write(`left4me: once more in two minutes: ${String(error).slice(-1000)}\n`)
    }
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
    await delay(120_000)
  }
}
