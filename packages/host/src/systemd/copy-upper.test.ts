import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { removeTree } from '../files/remove-tree.ts'
import { copyUpper } from './copy-upper.ts'

let root: string
let from: string
let to: string

/** More than what fits into the pipe between the two tars. */
const content = randomBytes(16 * 1024 ** 2)

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'left4me-copy-'))
  from = join(root, 'from')
  to = join(root, 'to')
  await mkdir(from)
  await mkdir(to)
  await writeFile(join(from, 'large'), content)
})
afterEach(() => removeTree(root))

it('what an upper has is in the copy', async () => {
  await copyUpper(from, to, new AbortController().signal)
  expect(content.equals(await readFile(join(to, 'large')))).toBe(true)
})

it('a copy whose writing half is killed ends, and leaves nothing', async () => {
  const copying = copyUpper(from, to, new AbortController().signal)
  // While this waits for pkill nothing goes from the one tar to the other.
  while (spawnSync('/usr/bin/pkill', ['--signal=KILL', '--full', '--', `--directory=${to}`]).status !== 0)
    await nextTurn()
  await expect(copying).rejects.toMatchObject({ code: 'file-refused' })
  expect(await readdir(to)).toEqual([])
})
