import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { debianMirror } from './debian-mirror.ts'
import { commandOutput } from './run-command.ts'

/**
 * Fills an empty folder from Debian's archive, anew when that fails, up to five times: while an archive is renewed its
 * files don't fit each other.
 */
export async function fromArchive(folder: string, fill: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await fill()
      return
    } catch (error) {
      if (tries === 5) throw error
      process.stderr.write(`left4me: once more in two minutes: ${String(error).slice(-1000)}\n`)
    }
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
    await delay(120_000)
  }
}

/** Fills an empty folder by `bash RECIPE FOLDER MIRROR SUITE`. Needs root and the network. */
export async function fillByRecipe(recipe: string, folder: string): Promise<void> {
  const mirror = debianMirror()
  await fromArchive(folder, async () => {
    const suite = await commandOutput(['bash', join(import.meta.dirname, 'debian-suite.sh'), mirror])
    await commandOutput(['bash', recipe, folder, mirror, suite.trim()], {
      timeoutMs: 60 * 60_000,
      environment: { HOME: '/root' },
    })
  })
}
