import { statfsSync } from 'node:fs'
import { HostError } from '../host-error.ts'

/**
 * Bytes of a disk of `total` that stay free for what can't wait: the database, logs, and what servers write. With less,
 * root's watcher of the disk begins to stop servers: what we take must never bring it there.
 */
export function diskReserve(total: number): number {
  return Math.min(5 * 1024 ** 3, Math.floor(total / 20))
}

/** Bytes that may be written where `folder` lies, without touching the reserve. Never below 0. */
function roomFor(folder: string): number {
  const { bavail, blocks, bsize } = statfsSync(folder)
  return Math.max(0, bavail * bsize - diskReserve(blocks * bsize))
}

/** Throws `disk-full` unless `bytes` have room where `folder` lies. `what` begins the sentence. */
export function requireRoomFor(folder: string, bytes: number, what: string): void {
  const room = roomFor(folder)
  if (room > 0 && room >= bytes) return
  throw new HostError(
    'disk-full',
    `${what}: that needs ${mebibytes(bytes)}, and the disk has room for ${mebibytes(room)}, leaving what must stay free.`,
    { remedy: 'Free space on the disk of the data directory: the disk page shows what can go.' },
  )
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`
}
