import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultDownloadPolicy } from '../downloads/download-policy.ts'
import type { LayerReference } from '../host.ts'
import { layoutOf } from '../layout.ts'
import { buildUpload } from '../testing/instances.ts'
import { LocalOverlayStore } from './overlay-store.ts'

describe('overlays', () => {
  let root: string
  let store: LocalOverlayStore
  let inUse: Map<number, LayerReference[]>
  /** How long a deletion takes to begin. */
  let slow: Promise<void>
  /** Scripts that the store has ended, and whether their draft was there yet. */
  let ended: { overlayId: number; hadDraft: boolean }[]
  const limit = 1_000_000

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'left4me-overlays-'))
    inUse = new Map()
    slow = Promise.resolve()
    ended = []
    store = new LocalOverlayStore({
      layout: layoutOf(root),
      tools: {
        scripts: {
          run: () => Promise.reject(new TypeError('no scripts')),
          end: async overlayId => {
            ended.push({ overlayId, hadDraft: existsSync(layoutOf(root).overlay(overlayId).draft) })
          },
          endAll: async () => undefined,
        },
        steamcmd: null,
        downloads: defaultDownloadPolicy,
      },
      inUse: async () => {
        await slow
        return inUse
      },
    })
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
    await buildUpload(store, 1, 1)
    await writeFile(join(draft(), 'left4dead2/a.txt'), 'in place')
    expect(await read(1, 'left4dead2/a.txt')).toBe('one')
    await buildUpload(store, 1, 2)
    expect(await read(1, 'left4dead2/a.txt')).toBe('one')
    expect(await read(2, 'left4dead2/a.txt')).toBe('in place')
  })

  it('keep a published revision as it is', async () => {
    await store.putDraft(1, 'a.txt', chunks('one'), limit)
    await buildUpload(store, 1, 1)
    await store.putDraft(1, 'a.txt', chunks('two'), limit)
    await buildUpload(store, 1, 1)
    expect(await read(1, 'a.txt')).toBe('one')
    expect(await readdir(layoutOf(root).overlay(1).revisions)).toEqual(['1'])
  })

  it('publish what may be executed as such, and the rest readable and writable for its owner', async () => {
    await store.putDraft(1, 'bin/run', chunks('#!/bin/sh'), limit)
    await store.putDraft(1, 'cfg/x.cfg', chunks(''), limit)
    await chmod(join(draft(), 'bin/run'), 0o700)
    await chmod(join(draft(), 'cfg/x.cfg'), 0o400)
    await buildUpload(store, 1, 1)
    expect((await stat(join(revision(1), 'bin/run'))).mode & 0o777).toBe(0o755)
    expect((await stat(join(revision(1), 'cfg/x.cfg'))).mode & 0o777).toBe(0o644)
    expect((await stat(join(revision(1), 'cfg'))).mode & 0o777).toBe(0o755)
  })

  it('publish nothing of a file that is still being sent', async () => {
    await store.putDraft(1, 'left4dead2/a.txt', chunks('one'), limit)
    const half = Promise.withResolvers<void>()
    const rest = Promise.withResolvers<void>()
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('first half, ')
      half.resolve()
      await rest.promise
      yield Buffer.from('second half')
    }
    const sent = store.putDraft(1, 'left4dead2/new/b.txt', slow(), limit)
    await half.promise
    await buildUpload(store, 1, 1)
    expect((await readdir(revision(1), { recursive: true })).sort()).toEqual([
      'left4dead2',
      'left4dead2/a.txt',
    ])
    rest.resolve()
    expect(await sent).toEqual({ path: 'left4dead2/new/b.txt', size: 23 })
    await buildUpload(store, 1, 2)
    expect(await read(2, 'left4dead2/new/b.txt')).toBe('first half, second half')
  })

  it('keep the draft as it is while a build copies it, and say so', async () => {
    const paths = ['left4dead2/a.txt', 'left4dead2/b.txt']
    for (const path of paths) await store.putDraft(1, path, chunks('one'), limit)
    const changes: Promise<unknown>[] = []
    const built = buildUpload(store, 1, 1, {
      onProgress: ({ activity }) => {
        if (activity !== 'copying the files' || changes.length > 0) return
        changes.push(
          store.removeDraft(1, 'left4dead2/b.txt'),
          store.putDraft(1, 'left4dead2/a.txt', chunks('two'), limit),
        )
        for (const change of changes) change.catch(() => undefined)
      },
    })
    expect(await built).toMatchObject({ files: 2 })
    expect(changes).toHaveLength(2)
    for (const change of changes)
      await expect(change).rejects.toMatchObject({
        code: 'in-use',
        message: expect.stringContaining('being built'),
        remedy: expect.stringContaining('Wait'),
      })
    await store.removeDraft(1, 'left4dead2/b.txt')
    expect(await store.listDraft(1)).toEqual([{ path: 'left4dead2/a.txt', size: 3 }])
  })

  it('are built when what is being deleted is gone, unless the build is cancelled until then', async () => {
    for (const revision of [1, 2]) await buildUpload(store, 1, revision)
    const { promise, resolve } = Promise.withResolvers<void>()
    slow = promise
    const removed = store.removeRevision({ overlayId: 1, revision: 1 })
    const built = buildUpload(store, 1, 3)
    const abort = new AbortController()
    const cancelled = buildUpload(store, 1, 4, { signal: abort.signal })
    abort.abort()
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
    await expect(store.removeRevision({ overlayId: 1, revision: 2 })).rejects.toMatchObject({
      code: 'build-running',
    })
    resolve()
    await removed
    expect(await built).toMatchObject({ revision: 3 })
    expect((await store.revisions(1)).map(({ revision }) => revision)).toEqual([3, 2])
  })

  it('publish an empty draft as an empty revision', async () => {
    await buildUpload(store, 1, 1)
    expect(await readdir(revision(1))).toEqual([])
  })

  it('refuse to publish a link', async () => {
    await mkdir(draft(), { recursive: true })
    await symlink('/etc/passwd', join(draft(), 'passwd'))
    await expect(buildUpload(store, 1, 1)).rejects.toMatchObject({ code: 'file-refused' })
    expect(await readdir(layoutOf(root).overlay(1).revisions)).toEqual([])
  })

  it('leave no half revision when publishing is cancelled, and sweep away what a killed one left', async () => {
    await store.putDraft(1, 'a.txt', chunks('one'), limit)
    await expect(buildUpload(store, 1, 1, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    })
    const { revisions } = layoutOf(root).overlay(1)
    await expect(readdir(revisions)).rejects.toMatchObject({ code: 'ENOENT' })
    await mkdir(join(revisions, '.building-1-dead', 'half'), { recursive: true })
    expect(await read(1, 'half')).toBeNull()
    await buildUpload(store, 1, 1)
    expect(await readdir(revisions)).toEqual(['1'])
  })

  it('do not read through links in a revision', async () => {
    await buildUpload(store, 1, 1)
    await symlink('/etc', join(revision(1), 'etc'))
    await expect(read(1, 'etc/passwd')).rejects.toMatchObject({ code: 'file-refused' })
  })

  it('are removed as a whole, twice without complaint, but not while a server uses them', async () => {
    await store.putDraft(1, 'a.txt', chunks('one'), limit)
    await buildUpload(store, 1, 1)
    inUse.set(5, [{ overlayId: 1, revision: 1 }])
    await expect(store.removeOverlay(1)).rejects.toMatchObject({
      code: 'in-use',
      message: expect.stringContaining('Server 5'),
    })
    expect(await read(1, 'a.txt')).toBe('one')
    inUse.clear()
    await store.removeOverlay(1)
    await store.removeOverlay(1)
    expect(await read(1, 'a.txt')).toBeNull()
  })

  it('have no script that goes on in them when they are removed', async () => {
    await store.putDraft(1, 'of-a-script', chunks(), limit)
    await store.removeOverlay(1)
    expect(ended).toEqual([{ overlayId: 1, hadDraft: true }])
    expect(existsSync(draft())).toBe(false)
  })
})
