import { chmod, constants, copyFile, link, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { contentKindOf } from '../archives/content-kind.ts'
import { unpackArchive } from '../archives/unpack-archive.ts'
import { pathComponents } from '../files/relative-path.ts'
import { removeTree } from '../files/remove-tree.ts'
import { SafeFolder } from '../files/safe-folder.ts'
import { HostError } from '../host-error.ts'
import { moveInto, refuseFileAsFolder } from './draft.ts'
import type { TakeUploadOptions, UnpackedUpload } from './overlay-contract.ts'
import { publishedMode } from './tree-work/revision-rules.ts'
import { walkTree } from './tree-work/walk-tree.ts'

/**
 * Puts a whole upload into a draft, by what it is and not by what it is called. An archive is unpacked beside, and only
 * when all of it is there are its files moved. The upload itself stays, so that after a kill this can be done again.
 */
export async function takeUpload(options: {
  readonly upload: string
  readonly work: string
  readonly draft: string
  readonly fileName: string
  readonly take: TakeUploadOptions
}): Promise<UnpackedUpload> {
  const { upload, draft, fileName, take } = options
  await mkdir(draft, { recursive: true, mode: 0o755 })
  await using folder = await SafeFolder.open(draft)
  const kind = await contentKindOf(upload).catch(cause => {
    throw new HostError('file-refused', 'The upload isn’t there.', {
      remedy: 'Upload the file again.',
      cause,
    })
  })
  switch (kind) {
    case 'zip':
    case '7z':
      return await takeArchive(options, folder)
    case 'vpk':
      return await takeFile(options, folder, take.path ?? `left4dead2/addons/${vpkNameOf(fileName)}`)
    case 'rar':
    case 'gzip':
      throw new HostError('archive-refused', `${fileName} is a ${kind} archive.`, {
        remedy: 'Unpack it, and upload what is in it, or a zip or 7z archive of it.',
      })
    case 'web-page':
      throw new HostError('archive-refused', `${fileName} is a web page, not what it should be.`, {
        remedy: 'Download the file again: the page may say why it wasn’t given.',
      })
    case 'other':
      if (take.path === null)
        throw new HostError('file-refused', `${fileName} is neither a VPK nor an archive.`, {
          remedy: 'Say which path it should have, for example left4dead2/cfg/server.cfg.',
        })
      return await takeFile(options, folder, take.path)
  }
}

/** Named as uploaded, without folders, always `.vpk`. */
function vpkNameOf(fileName: string): string {
  const last = fileName.split(/[/\\]/).at(-1) ?? ''
  const base = last.replace(/\.[^.]{1,4}$/, '').replace(/[\u0000-\u001f\u007f]/g, '')
  return `${base === '' ? 'upload' : base}.vpk`
}

async function takeFile(
  { upload, work, take }: Parameters<typeof takeUpload>[0],
  draft: SafeFolder,
  path: string,
): Promise<UnpackedUpload> {
  const components = pathComponents(path)
  const reason = take.refuses?.(path) ?? null
  if (reason !== null) return { files: [], skipped: [{ path, reason }] }
  await refuseFileAsFolder(draft, components)
  take.signal.throwIfAborted()
  await removeTree(work)
  await mkdir(work, { recursive: true, mode: 0o700 })
  const file = join(work, 'file')
  await chmod(upload, 0o644)
  // The upload never changes again, it is only discarded: a second name is enough.
  await link(upload, file).catch(() =>
    copyFile(upload, file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE),
  )
  const size = await moveInto(draft, components, file)
  await removeTree(work)
  return { files: [{ path, size }], skipped: [] }
}

async function takeArchive(
  { upload, work, take }: Parameters<typeof takeUpload>[0],
  draft: SafeFolder,
): Promise<UnpackedUpload> {
  await removeTree(work)
  try {
    await mkdir(work, { recursive: true, mode: 0o755 })
    const { skipped } = await unpackArchive(upload, work, take)
    const found = walkTree(work, true).files
    const refused = found.flatMap(({ path }) => {
      const reason = take.refuses?.(path) ?? null
      return reason === null ? [] : [{ path, reason }]
    })
    const left = new Set(refused.map(({ path }) => path))
    const files = found.filter(({ path }) => !left.has(path))
    for (const { path } of files) await refuseFileAsFolder(draft, pathComponents(path))
    take.signal.throwIfAborted()
    for (const { path, stats } of files) {
      await chmod(join(work, path), publishedMode(stats.mode))
      await moveInto(draft, pathComponents(path), join(work, path))
    }
    return {
      files: files.map(({ path, stats }) => ({ path, size: stats.size })),
      skipped: [...refused, ...skipped],
    }
  } catch (error) {
    if (take.signal.aborted)
      throw new HostError('cancelled', 'Unpacking the upload was cancelled.', { cause: error })
    throw error
  } finally {
    await removeTree(work)
  }
}
