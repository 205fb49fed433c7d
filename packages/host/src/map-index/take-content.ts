import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, link, lstat, mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { VpkFile } from '@left4me/protocols/client'
import { contentKindOf } from '../archives/content-kind.ts'
import { unpackArchive } from '../archives/unpack-archive.ts'
import { HostError } from '../host-error.ts'
import type { PlacedFile } from './known-contents.ts'
import type { IndexEntry } from './parse-index.ts'

const archiveFiles = 20_000
const archiveRatio = 100

/** Of the file at `path`, in hexadecimal. */
export async function md5Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('md5')
  await pipeline(createReadStream(path), hash, { signal })
  return hash.digest('hex')
}

/**
 * Makes files of the game out of what an entry's link led to, in the empty folder `place`. Takes the download away.
 * Rejects with `archive-refused` or `download-refused`.
 */
export async function unpackEntry(
  entry: IndexEntry,
  downloaded: string,
  place: string,
  options: {
    readonly maxBytes: number
    readonly signal: AbortSignal
    readonly onOutput: (line: string) => void
  },
): Promise<PlacedFile[]> {
  const kind = await contentKindOf(downloaded)
  if (kind === 'vpk') {
    await requireVpk(downloaded)
    const path = `left4dead2/addons/${entry.name.replace(/\.(?:vpk|bin)$/i, '')}.vpk`
    await mkdir(dirname(join(place, path)), { recursive: true, mode: 0o755 })
    await chmod(downloaded, 0o644)
    await rename(downloaded, join(place, path))
    return [{ path, size: entry.size }]
  }
  if (kind !== 'zip' && kind !== '7z')
    throw new HostError('archive-refused', `It is ${kind === 'other' ? 'no VPK, zip or 7z' : `a ${kind}`}.`, {
      remedy: 'Have it packed as zip or 7z, or given as a VPK.',
    })
  const { files, skipped } = await unpackArchive(downloaded, place, {
    limits: { files: archiveFiles, bytes: options.maxBytes, ratio: archiveRatio },
    onProgress: () => undefined,
    signal: options.signal,
  })
  for (const { path, reason } of skipped) options.onOutput(`${entry.name}: left out ${path}. ${reason}`)
  for (const { path } of files) if (/\.vpk$/i.test(path)) await requireVpk(join(place, path))
  return [...files]
}

/** Moves an entry's files to where the revision is built, or links those of an earlier revision. */
export async function layFiles(
  files: readonly PlacedFile[],
  from: string,
  target: string,
  how: 'move' | 'link',
): Promise<void> {
  for (const { path } of files) {
    const place = join(target, path)
    await mkdir(dirname(place), { recursive: true, mode: 0o755 })
    await (how === 'move' ? rename(join(from, path), place) : link(join(from, path), place))
  }
}

/** Whether all of them are there as they were. */
export async function areThere(files: readonly PlacedFile[], folder: string): Promise<boolean> {
  for (const { path, size } of files) {
    const stats = await lstat(join(folder, path)).catch(() => null)
    if (!stats?.isFile() || stats.size !== size) return false
  }
  return true
}

async function requireVpk(path: string): Promise<void> {
  // The first of a set has the list of files, the others have no header.
  if (/_\d{3}\.vpk$/i.test(path)) return
  try {
    await using vpk = await VpkFile.open(path)
    if (vpk.entries.length === 0) throw new Error('It is empty.')
  } catch (cause) {
    throw new HostError(
      'download-refused',
      `Its VPK can’t be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { remedy: 'Have it repaired at its source.', cause },
    )
  }
}
