import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { chmod, lstat, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emptyFolder, removeTree } from './remove-tree.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'left4me-remove-'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

it('deletes folders that their owner may not enter, beside many others', async () => {
  const tree = join(root, 'tree')
  for (let folder = 0; folder < 20; folder++) {
    const path = join(tree, String(folder), 'inner')
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'file'), '')
    await chmod(path, 0)
  }
  await removeTree(tree)
  await expect(lstat(tree)).rejects.toMatchObject({ code: 'ENOENT' })
})

it('deletes a link and leaves what it leads to', async () => {
  await mkdir(join(root, 'kept'))
  await writeFile(join(root, 'kept', 'file'), '')
  await mkdir(join(root, 'tree'))
  await symlink(join(root, 'kept'), join(root, 'tree', 'link'))
  await removeTree(join(root, 'tree'))
  expect((await lstat(join(root, 'kept', 'file'))).isFile()).toBe(true)
})

it('does nothing where nothing is', async () => {
  await removeTree(join(root, 'none'))
})

it('deletes a file', async () => {
  await writeFile(join(root, 'file'), '')
  await removeTree(join(root, 'file'))
  expect(await readdir(root)).toEqual([])
})

it('deletes a tree that is deeper than any path is long, of folders that nobody may enter', async () => {
  const deep = `
    const { chmodSync, mkdirSync } = require('node:fs')
    const enter = name => { mkdirSync(name); process.chdir(name) }
    enter('tree')
    for (let depth = 0; depth < 1000; depth++) enter('folder')
    for (let depth = 0; depth < 1000; depth++) { process.chdir('..'); chmodSync('folder', 0) }`
  execFileSync(process.execPath, ['-e', deep], { cwd: root })
  await removeTree(join(root, 'tree'))
  expect(await readdir(root)).toEqual([])
})

it('empties a folder, which stays', async () => {
  await mkdir(join(root, 'upper', 'inner'), { recursive: true })
  await writeFile(join(root, 'upper', 'inner', 'file'), '')
  await chmod(join(root, 'upper', 'inner'), 0)
  await emptyFolder(join(root, 'upper'))
  expect(await readdir(join(root, 'upper'))).toEqual([])
})

describe('while a folder is swapped for a link', () => {
  const names = Array.from({ length: 300 }, (_, number) => `inner${number}`)

  /** How many of the folders are left that the link leads to. */
  async function leftAfter(remove: (path: string) => Promise<unknown>): Promise<number> {
    const [kept, tree, folder] = [join(root, 'kept'), join(root, 'tree'), join(root, 'tree', 'folder')]
    for (const place of [kept, folder])
      for (const name of names) {
        mkdirSync(join(place, name), { recursive: true })
        writeFileSync(join(place, name, 'file'), '')
      }
    const removing = remove(tree).catch(() => undefined)
    // It has begun with the folder, and has most of it to do: folders are deleted one after the other.
    while (readdirSync(folder).length === names.length) await setImmediate()
    renameSync(folder, join(root, 'aside'))
    symlinkSync(kept, folder)
    await removing
    return readdirSync(kept).length
  }

  it('deletes nothing behind it', async () => {
    expect(await leftAfter(removeTree)).toBe(names.length)
    await expect(lstat(join(root, 'tree'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('would by paths', async () => {
    const oneByOne = async (tree: string) => {
      for (const name of names) await rm(join(tree, 'folder', name), { recursive: true })
    }
    expect(await leftAfter(oneByOne)).toBeLessThan(names.length)
  })
})
