import { constants } from 'node:fs'
import { chmod, copyFile, mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { TreeFile } from './game-tree.ts'

/** Writes files below `directory`; each appears whole or not at all. Rejects with what the file system says. */
export async function writeTree(directory: string, files: readonly TreeFile[]): Promise<void> {
  for (const file of files) {
    const target = join(directory, file.path)
    await mkdir(dirname(target), { recursive: true })
    if ('content' in file) await writeFile(`${target}.new`, file.content)
    else await copyFile(file.copyOf, `${target}.new`, constants.COPYFILE_FICLONE)
    await chmod(`${target}.new`, file.executable === true ? 0o755 : 0o644)
    await rename(`${target}.new`, target)
  }
}

/** Bytes that the files have on disk. */
export async function sizeOfTree(directory: string, files: readonly TreeFile[]): Promise<number> {
  let size = 0
  for (const { path } of files) size += (await stat(join(directory, path))).size
  return size
}
