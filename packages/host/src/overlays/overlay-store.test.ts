import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LayerReference } from '../host.ts'
import { layoutOf } from '../process/layout.ts'
import { LocalOverlayStore } from './overlay-store.ts'

describe('overlays', () => {
  let root: string
  let store: LocalOverlayStore
  let inUse: Map<number, LayerReference[]>
  const never = new AbortController().signal
  const limit = 1_000_000

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'left4me-overlays-'))
    inUse = new Map()
    store = new LocalOverlayStore(layoutOf(root), async () => inUse)
  })

  afterEach(() => rm(root, { recursive: true }))

  async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) yield Buffer.from(text)
  }

  const draft = () => layoutOf(root).overlay(1).draft
  const revision = (number: number) => layoutOf(root).revision(1, number)
  const read = async (number: number, path: string) => {
    const content = await store.readFile({ overlayId: 1, revision: number }, path, limit)
    return content === null ? null : String(content)
  }

  it('have an empty draft at first', async () => {
    expect(await store.listDraft(1)).toEqual([])
    await store.removeDraft(1, 'left4dead2/x')
    expect(await read(1, 'left4dead2/x')).toBeNull()
  })

  it('list the files of the draft by path, with sizes', async () => {
    expect(await store.putDraft(1, 'left4dead2/cfg/b.cfg', chunks('12', '345'), limit)).toEqual({
      path: 'left4dead2/cfg/b.cfg',
      size: 5,
    })
    await store.putDraft(1, 'left4dead2/a.txt', chunks(), limit)
    await store.putDraft(1, 'left4dead2/cfg/b.cfg', chunks('other'), limit)
    expect(await store.listDraft(1)).toEqual([
      { path: 'left4dead2/a.txt', size: 0 },
      { path: 'left4dead2/cfg/b.cfg', size: 5 },
    ])
  })

  it('leave the draft as it was when a file is too large, breaks off, or is cut', async () => {
    await store.putDraft(1, 'left4dead2/a.txt', chunks('old'), limit)
    await expect(store.putDraft(1, 'left4dead2/a.txt', chunks('123', '456'), 5)).rejects.toMatchObject({
      code: 'file-too-large',
    })
    await expect(store.putDraft(1, 'new/folder/b.txt', chunks('123456'), 5)).rejects.toMatchObject({
      code: 'file-too-large',
    })
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('1')
      throw new Error('connection lost')
    }
    await expect(store.putDraft(1, 'left4dead2/a.txt', broken(), limit)).rejects.toThrow()
    expect(await readFile(join(draft(), 'left4dead2/a.txt'), 'utf8')).toBe('old')
    expect(await readdir(draft(), { recursive: true })).toEqual(['left4dead2', 'left4dead2/a.txt'])
  })

  it('refuse a file where the draft has a folder, and a folder where it has a file', async () => {
    await store.putDraft(1, 'left4dead2/a.txt', chunks('x'), limit)
    await expect(store.putDraft(1, 'left4dead2', chunks('x'), limit)).rejects.toMatchObject({
      code: 'file-refused',
    })
    await expect(store.putDraft(1, 'left4dead2/a.txt/b', chunks('x'), limit)).rejects.toMatchObject({
      code: 'file-refused',
    })
    expect(await store.listDraft(1)).toEqual([{ path: 'left4dead2/a.txt', size: 1 }])
  })

  it('drop the folders that become empty with a deleted file', async () => {
    await store.putDraft(1, 'a/b/c.txt', chunks('x'), limit)
    await store.putDraft(1, 'a/d.txt', chunks('x'), limit)
    await store.removeDraft(1, 'a/b/c.txt')
    expect(await readdir(draft(), { recursive: true })).toEqual(['a', 'a/d.txt'])
  })

  it.each(['../x', '/x', 'a/../b', 'a//b', 'a\u0000', 'C:\\x'])('refuse the path %j', async path => {
    await expect(store.putDraft(1, path, chunks('x'), limit)).rejects.toMatchObject({ code: 'bad-path' })
    await expect(store.removeDraft(1, path)).rejects.toMatchObject({ code: 'bad-path' })
    await expect(read(1, path)).rejects.toMatchObject({ code: 'bad-path' })
  })

  it.each([0, -1, 1.5, Number.NaN])('refuse the id %j', async id => {
    await expect(store.listDraft(id)).rejects.toMatchObject({ code: 'bad-path' })
    await expect(store.removeOverlay(id)).rejects.toMatchObject({ code: 'bad-path' })
  })

  it('publish the draft as a revision that later changes of the draft do not reach', async () => {
    await store.putDraft(1, 'left4dead2/a.txt', chunks('one'), limit)
    await store.publish(1, 1, never)
    await writeFile(join(draft(), 'left4dead2/a.txt'), 'in place')
    expect(await read(1, 'left4dead2/a.txt')).toBe('one')
    await store.publish(1, 2, never)
    expect(await read(1, 'left4dead2/a.txt')).toBe('one')
    expect(await read(2, 'left4dead2/a.txt')).toBe('in place')
  })

  it('keep a published revision as it is', async () => {
    await store.putDraft(1, 'a.txt', chunks('one'), limit)
    await Promise.all([store.publish(1, 1, never), store.publish(1, 1, never)])
    await store.putDraft(1, 'a.txt', chunks('two'), limit)
    await store.publish(1, 1, never)
    expect(await read(1, 'a.txt')).toBe('one')
    expect(await readdir(layoutOf(root).overlay(1).revisions)).toEqual(['1'])
  })

  it('publish what may be executed as such, and the rest readable and writable for its owner', async () => {
    await store.putDraft(1, 'bin/run', chunks('#!/bin/sh'), limit)
    await store.putDraft(1, 'cfg/x.cfg', chunks(''), limit)
    await chmod(join(draft(), 'bin/run'), 0o700)
    await chmod(join(draft(), 'cfg/x.cfg'), 0o400)
    await store.publish(1, 1, never)
    expect((await stat(join(revision(1), 'bin/run'))).mode & 0o777).toBe(0o755)
    expect((await stat(join(revision(1), 'cfg/x.cfg'))).mode & 0o777).toBe(0o644)
    expect((await stat(join(revision(1), 'cfg'))).mode & 0o777).toBe(0o755)
  })

  it('publish an empty draft as an empty revision', async () => {
    await store.publish(1, 1, never)
    expect(await readdir(revision(1))).toEqual([])
  })

  it('refuse to publish a link', async () => {
    await mkdir(draft(), { recursive: true })
    await symlink('/etc/passwd', join(draft(), 'passwd'))
    await expect(store.publish(1, 1, never)).rejects.toMatchObject({ code: 'file-refused' })
    expect(await readdir(layoutOf(root).overlay(1).revisions)).toEqual([])
  })

  it('leave no half revision when publishing is cancelled, and sweep away what a killed one left', async () => {
    await store.putDraft(1, 'a.txt', chunks('one'), limit)
    await expect(store.publish(1, 1, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
    const { revisions } = layoutOf(root).overlay(1)
    expect(await readdir(revisions)).toEqual([])
    await mkdir(join(revisions, '.building-1-dead', 'half'), { recursive: true })
    expect(await read(1, 'half')).toBeNull()
    await store.publish(1, 1, never)
    expect(await readdir(revisions)).toEqual(['1'])
  })

  it('do not read through links in a revision', async () => {
    await store.publish(1, 1, never)
    await symlink('/etc', join(revision(1), 'etc'))
    await expect(read(1, 'etc/passwd')).rejects.toMatchObject({ code: 'file-refused' })
  })

  it('are removed as a whole, twice without complaint, but not while a server uses them', async () => {
    await store.putDraft(1, 'a.txt', chunks('one'), limit)
    await store.publish(1, 1, never)
    inUse.set(5, [{ overlayId: 1, revision: 1 }])
    await expect(store.removeOverlay(1)).rejects.toMatchObject({
      code: 'instance-running',
      message: expect.stringContaining('Server 5'),
    })
    expect(await read(1, 'a.txt')).toBe('one')
    inUse.clear()
    await store.removeOverlay(1)
    await store.removeOverlay(1)
    expect(await read(1, 'a.txt')).toBeNull()
  })
})
