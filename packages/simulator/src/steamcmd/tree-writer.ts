import { chmod, mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { TreeFile } from './game-tree.ts'

/** Writes files below `directory`; each appears whole or not at all. Rejects with what the file system says. */
export async function writeTree(directory: string, files: readonly TreeFile[]): Promise<void> {
  for (const { path, content, executable } of files) {
    const target = join(directory, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(`${target}.new`, content)
    await chmod(`${target}.new`, executable === true ? 0o755 : 0o644)
    await rename(`${target}.new`, target)
  }
}

/** Bytes that the files have on disk. */
export async function sizeOfTree(directory: string, files: readonly TreeFile[]): Promise<number> {
  let size = 0
  for (const { path } of files) size += (await stat(join(directory, path))).size
  return size
}
