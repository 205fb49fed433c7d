import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, copyFile, link, lstat, mkdir, readdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isDiskFull } from '../files/full-disk.ts'
import { removeTree } from '../files/remove-tree.ts'
import { HostError } from '../host-error.ts'
import type { BuildProgress, UnpackedUpload, UnpackLimits } from '../overlays/overlay-contract.ts'
import { contentKindOf } from './content-kind.ts'
import { placeFiles, type UnpackedFile } from './placement.ts'
import { defaultUnpackerPatience, runUnpacker, type UnpackerPatience } from './run-unpacker.ts'

export interface UnpackOptions {
  readonly limits: UnpackLimits
  readonly onProgress: (progress: BuildProgress) => void
  readonly signal: AbortSignal
  /** For tests. */
  readonly patience?: UnpackerPatience
}

const skippedShown = 100

/**
 * Unpacks a zip or 7z archive into `target`, an existing folder that nobody else writes to, in the places where the game
 * finds what is in it. Rejects with `archive-refused`, `disk-full` or `cancelled`; nothing of it is in the target then.
 */
export async function unpackArchive(
  archive: string,
  target: string,
  options: UnpackOptions,
): Promise<UnpackedUpload> {
  const { limits, onProgress, signal } = options
  const kind = await contentKindOf(archive)
  if (kind !== 'zip' && kind !== '7z')
    throw new HostError('archive-refused', `This is ${kind === 'rar' ? 'a rar' : 'no zip or 7z'} archive.`, {
      remedy: 'Pack it as zip or 7z.',
    })
  const work = join(target, `.unpacking-${randomBytes(6).toString('hex')}`)
  const files = join(work, 'files')
  try {
    await mkdir(files, { recursive: true, mode: 0o755 })
    await lay(archive, join(work, 'archive'))
    await runUnpacker(
      { folder: work, archive: 'archive', files: 'files', kind, limits },
      {
        onProgress: (bytes, total) => onProgress(progressOf(bytes, total)),
        signal,
        patience: options.patience ?? defaultUnpackerPatience,
      },
    )
    const { files: placed, skipped } = placeFiles(await filesBelow(files, limits))
    if (placed.length === 0)
      throw new HostError('archive-refused', 'The archive has nothing in it that the game could use.', {
        remedy: 'Give it VPKs, or folders as they are in left4dead2 (addons, cfg, maps, …).',
      })
    signal.throwIfAborted()
    const result = await moveAll(files, target, placed)
    return { files: result, skipped: skipped.slice(0, skippedShown) }
  } catch (error) {
    throw explained(error, signal)
  } finally {
    await removeTree(work)
  }
}

/** The unpacker sees one folder only. */
async function lay(archive: string, place: string): Promise<void> {
  await link(archive, place).catch(async () => {
    await copyFile(archive, place, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  })
}

/** What has really been written, whatever the archive's listing said. */
async function filesBelow(root: string, limits: UnpackLimits): Promise<UnpackedFile[]> {
  const found: UnpackedFile[] = []
  let bytes = 0
  const walk = async (folder: string, prefix: string): Promise<void> => {
    for (const name of (await readdir(folder)).sort()) {
      const place = join(folder, name)
      const path = `${prefix}${name}`
      const stats = await lstat(place)
      if (stats.isDirectory()) {
        await walk(place, `${path}/`)
        continue
      }
      bytes += stats.size
      if (!stats.isFile() || stats.nlink !== 1)
        throw new HostError(
          'archive-refused',
          `${JSON.stringify(path)} in the archive is a link or a device.`,
          {
            remedy: 'Pack the files themselves.',
          },
        )
      if (found.length >= limits.files || bytes > limits.bytes)
        throw new HostError('archive-refused', 'There is more in the archive than it said.', {
          remedy: 'Distrust it; pack it anew if you know what is in it.',
        })
      await chmod(place, stats.mode & 0o111 ? 0o755 : 0o644)
      found.push({ path, kind: await contentKindOf(place) })
    }
  }
  await walk(root, '')
  return found
}

async function moveAll(
  from: string,
  target: string,
  placed: readonly { from: string; to: string }[],
): Promise<{ path: string; size: number }[]> {
  const moved: { path: string; size: number }[] = []
  for (const file of placed) {
    const place = join(target, file.to)
    await mkdir(dirname(place), { recursive: true, mode: 0o755 })
    const { size } = await lstat(join(from, file.from))
    await rename(join(from, file.from), place)
    moved.push({ path: file.to, size })
  }
  return moved
}

function progressOf(bytes: number, total: number): BuildProgress {
  return {
    fraction: total > 0 ? Math.min(1, bytes / total) : 0,
    activity: 'unpacking',
    transfer: null,
  }
}

function explained(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return new HostError('cancelled', 'Unpacking was cancelled.', { cause: error })
  if (isDiskFull(error))
    return new HostError('disk-full', 'The archive can’t be unpacked: the disk is full.', {
      remedy: 'Free space on the disk of the data directory.',
      cause: error,
    })
  if (error instanceof HostError && error.code === 'bad-path')
    return new HostError('archive-refused', `The archive has a name that can’t be used. ${error.message}`, {
      remedy: 'Rename it and pack it again.',
      cause: error,
    })
  return error
}
