import { statfs } from 'node:fs/promises'
import { dedicatedServerAppId, type SteamcmdEvent } from '@left4me/protocols'
import { HostError } from '../host-error.ts'

/** Bytes that must be free before anything is begun. steamcmd says later how much it needs. */
export const leastFree = 64 * 1024 * 1024

/** Bytes that an ordinary user may still write where `folder` lies. */
export async function freeBytes(folder: string): Promise<number> {
  const disk = await statfs(folder)
  return disk.bavail * disk.bsize
}

/** Rejects with `disk-full` when `bytes` and a little more don't fit. */
export async function requireRoom(folder: string, bytes: number): Promise<void> {
  const free = await freeBytes(folder)
  if (free >= bytes + leastFree) return
  throw diskFull(
    bytes === 0
      ? `Only ${formatBytes(free)} are free.`
      : `The new revision is made beside the present one: that needs ${formatBytes(bytes + leastFree)}, and ${formatBytes(free)} are free.`,
  )
}

/** Compares what steamcmd says it will write with what is free, once, when it begins to. */
export class RoomWatch {
  readonly #folder: string
  #done = false
  /** Bytes that are missing; null as far as is known none are. */
  missing: number | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  async consider(event: SteamcmdEvent): Promise<boolean> {
    // The simulator names the real game's size, and needs next to nothing of it.
    if (event.kind === 'output' && /steamcmd is simulated/i.test(event.line)) this.#done = true
    if (this.#done || event.kind !== 'progress') return true
    if (event.state !== 'preallocating' && event.state !== 'downloading') return true
    const { totalBytes, doneBytes } = event
    if (!totalBytes) return true
    this.#done = true
    const missing = totalBytes - (doneBytes ?? 0) - (await freeBytes(this.#folder))
    if (missing <= 0) return true
    this.missing = missing
    return false
  }
}

export function diskFull(detail: string): HostError {
  return new HostError(
    'disk-full',
    `The disk has no room for the game (app ${dedicatedServerAppId}). ${detail}`,
    {
      remedy: 'Free space on the disk of the data directory: a whole installation needs about 10 GB.',
    },
  )
}

export function formatBytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.floor(bytes / 1024 ** 2)} MiB` : `${(bytes / 1e9).toFixed(1)} GB`
}
