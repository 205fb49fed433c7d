import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { swapForever } from '../../../../tools/test-support/swap-forever.ts'
import { openTemporaryHost, type TemporaryHost } from '../testing/temporary-host.ts'
import { measureTree } from './measure-tree.ts'

const unlimited = { bytes: Number.MAX_SAFE_INTEGER, files: Number.MAX_SAFE_INTEGER }

describeWith(['root'], 'what a tree takes of the disk', () => {
  let host: TemporaryHost
  let tree: string
  beforeEach(() => {
    host = openTemporaryHost()
    tree = host.serviceFolder('tree')
  })
  afterEach(() => host[Symbol.dispose]())

  const fill = (path: string, bytes: number) => writeFileSync(join(tree, path), Buffer.alloc(bytes, 1))
  const du = (path: string) =>
    Number(execFileSync('du', ['-s', '-x', '-B1', path], { encoding: 'utf8' }).split('\t')[0])

  it('is what du says, but for the folder itself', () => {
    mkdirSync(join(tree, 'a/b/c'), { recursive: true })
    fill('a/one', 10_000)
    fill('a/b/two', 1)
    fill('a/b/c/three', 200_000)
    symlinkSync('/etc', join(tree, 'link'))
    const { bytes, files, exceeded } = measureTree(tree, unlimited)
    expect({ bytes: bytes + du(host.serviceFolder('empty')), files, exceeded }).toEqual({
      bytes: du(tree),
      files: 7,
      exceeded: null,
    })
  })

  it('counts a hole as nothing and a file with many names once', () => {
    fill('file', 100_000)
    truncateSync(join(tree, 'file'), 10 ** 12)
    for (let index = 0; index < 20; index++) linkSync(join(tree, 'file'), join(tree, `name-${index}`))
    const { bytes, files } = measureTree(tree, unlimited)
    expect(bytes).toBeGreaterThanOrEqual(100_000)
    expect(bytes).toBeLessThan(200_000)
    expect(files).toBe(21)
  })

  it('ends with what a link points to and what is mounted inside', () => {
    mkdirSync(join(tree, 'mounted'))
    execFileSync('mount', ['-t', 'tmpfs', 'x', join(tree, 'mounted')])
    writeFileSync(join(tree, 'mounted/file'), Buffer.alloc(1_000_000, 1))
    symlinkSync('/usr', join(tree, 'usr'))
    symlinkSync('.', join(tree, 'loop'))
    const { bytes, files } = measureTree(tree, unlimited)
    expect(bytes).toBeLessThan(100_000)
    expect(files).toBe(3)
  })

  it('has files and folders whose names are no text', () => {
    const odd = (name: string) => Buffer.concat([Buffer.from(`${tree}/`), Buffer.from(name, 'latin1')])
    writeFileSync(odd('\xff.dem'), Buffer.alloc(300_000, 1))
    mkdirSync(odd('\xfe'))
    writeFileSync(odd('\xfe/\xfd'), Buffer.alloc(200_000, 1))
    const { bytes, files } = measureTree(tree, unlimited)
    expect(bytes).toBeGreaterThanOrEqual(500_000)
    expect(files).toBe(3)
  })

  it('has changed by what was written since a moment', () => {
    fill('old', 400_000)
    const between = statSync(join(tree, 'old')).ctimeMs + 1
    // The kernel dates files by its last tick.
    while (Date.now() <= between + 50) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    fill('new', 100_000)
    const { bytes, changed } = measureTree(tree, unlimited, between)
    expect(bytes).toBeGreaterThanOrEqual(500_000)
    expect(changed).toBeGreaterThanOrEqual(100_000)
    expect(changed).toBeLessThan(400_000)
    expect(measureTree(tree, unlimited).changed).toBe(0)
  })

  it('is no more counted when it is over a limit', () => {
    for (let index = 0; index < 100; index++) fill(`file-${index}`, 10_000)
    expect(measureTree(tree, { bytes: 50_000, files: 1000 })).toMatchObject({ exceeded: 'bytes' })
    expect(measureTree(tree, { bytes: 50_000, files: 1000 }).bytes).toBeLessThan(100_000)
    expect(measureTree(tree, { bytes: 10 ** 9, files: 10 })).toMatchObject({ exceeded: 'files', files: 11 })
    expect(measureTree(tree, { bytes: 10 ** 9, files: 100 })).toMatchObject({ exceeded: null, files: 100 })
  })

  it('can not be hidden in depth', () => {
    mkdirSync(join(tree, ...Array.from({ length: 300 }, () => 'd')), { recursive: true })
    expect(measureTree(tree, unlimited)).toMatchObject({ exceeded: 'depth' })
  })

  it('is that of the tree alone, however fast a folder is swapped for a link', async () => {
    const outside = join(host.paths.configuration, 'outside')
    mkdirSync(outside)
    for (let index = 0; index < 50; index++)
      writeFileSync(join(outside, `file-${index}`), Buffer.alloc(100_000, 1))
    mkdirSync(join(tree, 'folder'))
    symlinkSync(outside, join(tree, 'link'))
    await using _swap = await swapForever(join(tree, 'folder'), join(tree, 'link'))
    let followed = false
    for (let round = 0; round < 5000 && !(followed && round > 200); round++) {
      expect(measureTree(tree, unlimited).bytes).toBeLessThan(100_000)
      // The guard off: by path, of what was a folder a moment ago.
      if (!followed && round % 10 === 0)
        followed = execFileSync('bash', ['-c', '[ -d folder ] && du -s -B1 folder/ || true'], { cwd: tree })
          .toString()
          .startsWith('5')
    }
    expect(followed).toBe(true)
  })
})
