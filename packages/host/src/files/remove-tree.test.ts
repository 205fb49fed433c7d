import { chmod, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { removeTree } from './remove-tree.ts'

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
