import { lstat, mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { VpkFile } from '@left4me/protocols/client'
import { contentKindOf } from '../archives/content-kind.ts'
import { unpackArchive } from '../archives/unpack-archive.ts'
import { moveFile } from '../files/move-file.ts'
import { removeTree } from '../files/remove-tree.ts'
import { HostError } from '../host-error.ts'
import type { WorkshopDownload } from '../overlays/overlay-contract.ts'

const filesLimit = 1000
const unpackRatio = 100

/**
 * Takes what was downloaded of an item (a file of any name, or a folder of steamcmd's) away from where it is and leaves in `prepared` nothing but
 * VPKs that can be read: `ID.vpk`, further ones as `ID_2.vpk` and so on. A zip that is called a VPK is unpacked. Rejects
 * with `download-refused` when there is none.
 */
export async function adoptContent(
  item: WorkshopDownload,
  source: string,
  prepared: string,
  options: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<void> {
  const unpacked = join(prepared, '.unpacked')
  const found: string[] = []
  for (const path of await regularFiles(source)) {
    const kind = await contentKindOf(path)
    if (kind === 'vpk') found.push(path)
    else if (kind === 'zip' || kind === '7z') {
      const { files } = await unpackArchive(path, await freshFolder(unpacked), {
        limits: { files: filesLimit, bytes: options.maxBytes, ratio: unpackRatio },
        onProgress: () => undefined,
        signal: options.signal,
      })
      found.push(...files.filter(file => /\.vpk$/i.test(file.path)).map(file => join(unpacked, file.path)))
    } else if (kind === 'web-page')
      throw refused(item, 'what came is a web page, not a VPK', 'Try again later.')
  }
  if (found.length === 0)
    throw refused(item, 'no VPK came', 'It may be something else than an addon: take it out.')
  for (const [index, path] of found.entries()) {
    await requireReadable(item, path)
    const target = join(prepared, index === 0 ? `${item.id}.vpk` : `${item.id}_${index + 1}.vpk`)
    await moveFile(path, target)
    await using file = await open(target, 'r')
    await file.chmod(0o644)
    await file.sync()
  }
  await removeTree(unpacked)
}

async function requireReadable(item: WorkshopDownload, path: string): Promise<void> {
  try {
    await using vpk = await VpkFile.open(path)
    if (vpk.entries.length === 0) throw new Error('it is empty')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause)
    throw refused(
      item,
      `its VPK can’t be read: ${why}`,
      'Build again; if that doesn’t help, its author has to repair it.',
    )
  }
}

async function regularFiles(source: string): Promise<string[]> {
  const stats = await lstat(source)
  if (stats.isFile()) return [source]
  if (!stats.isDirectory()) return []
  const found: string[] = []
  for (const name of (await readdir(source)).sort()) found.push(...(await regularFiles(join(source, name))))
  if (found.length > filesLimit) throw new RangeError(`more than ${filesLimit} files`)
  return found
}

async function freshFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o755 })
  return path
}

function refused(item: WorkshopDownload, why: string, remedy: string): HostError {
  return new HostError('download-refused', `Item ${item.id} (${item.title}): ${why}.`, { remedy })
}
