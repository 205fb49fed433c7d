import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { decodeLayerIndex } from '@left4me/protocols'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { swapForever } from '../../../../tools/test-support/swap-forever.ts'
import { layoutOf } from '../layout.ts'
import { readProcess } from '../process/process-table.ts'
import { eventually } from '../testing/eventually.ts'
import { buildUpload, generousBuild } from '../testing/instances.ts'
import { openTestStore, scriptsThat } from '../testing/overlay-stores.ts'
import type { LocalOverlayStore } from './overlay-store.ts'

describe('building a revision', () => {
  let root: string
  let store: LocalOverlayStore

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'left4me-build-'))
    store = openTestStore(root)
  })

  afterEach(() => rm(root, { recursive: true }))

  const layer = (revision: number) => ({ overlayId: 1, revision })
  const place = (revision: number, path: string) => join(layoutOf(root).revision(1, revision), path)
  const inode = async (revision: number, path: string) => (await stat(place(revision, path))).ino
  const put = (path: string, content: string | Uint8Array) =>
    store.putDraft(1, path, oneChunk(content), 100_000_000)
  /** Everything that the overlay has but its revisions and what belongs to them. */
  const leftovers = async () => {
    const { folder } = layoutOf(root).overlay(1)
    const names = await readdir(folder, { recursive: true })
    return names.filter(
      name => !/^(?:draft|uploads|revisions|records)(?:$|\/\d+(?:$|\/))|^draft\//.test(name),
    )
  }

  it('answers what it published, and again after a restart', async () => {
    await put('left4dead2/cfg/server.cfg', 'sv_cheats 0\nhostname mine\n')
    await put('left4dead2/addons/broken.vpk', 'no VPK')
    const summary = await buildUpload(store, 1, 1)
    expect(summary).toMatchObject({
      overlayId: 1,
      revision: 1,
      kind: 'upload',
      files: 2,
      bytes: 32,
      sources: [],
    })
    expect(summary.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(summary.findings.map(({ code }) => code)).toEqual(['vpk-broken', 'config-sets-host-name'])
    expect(await openTestStore(root).revision(layer(1))).toEqual(summary)
    expect(await openTestStore(root).revisions(1)).toEqual([summary])
    const { folders, vpks } = decodeLayerIndex(await store.readIndex(layer(1)))
    expect(folders.map(({ path }) => path)).toEqual(['left4dead2/addons', 'left4dead2/cfg'])
    expect(vpks).toHaveLength(1)
    expect(await store.verify(layer(1), generousBuild().signal)).toEqual([])
  })

  it('gives equal content an equal digest, and any difference another', async () => {
    await put('a', 'x')
    const first = await buildUpload(store, 1, 1)
    expect((await buildUpload(store, 1, 2)).digest).toBe(first.digest)
    await chmod(join(layoutOf(root).overlay(1).draft, 'a'), 0o755)
    const executable = await buildUpload(store, 1, 3)
    await put('a', 'y')
    const changed = await buildUpload(store, 1, 4)
    await mkdir(join(layoutOf(root).overlay(1).draft, 'empty'))
    const withFolder = await buildUpload(store, 1, 5)
    const digests = [first, executable, changed, withFolder].map(({ digest }) => digest)
    expect(new Set(digests).size).toBe(4)
  })

  it('shares equal files with the revision before, wherever they are, and copies the rest', async () => {
    await put('kept', 'k'.repeat(10_000))
    await put('old/place', 'moved'.repeat(1000))
    await put('changed', 'one')
    await buildUpload(store, 1, 1)
    await store.removeDraft(1, 'old/place')
    await put('new/place', 'moved'.repeat(1000))
    await put('changed', 'two')
    await buildUpload(store, 1, 2)
    expect(await inode(2, 'kept')).toBe(await inode(1, 'kept'))
    expect(await inode(2, 'new/place')).toBe(await inode(1, 'old/place'))
    expect(await inode(2, 'changed')).not.toBe(await inode(1, 'changed'))
    await store.removeRevision(layer(1))
    expect(await store.verify(layer(2), generousBuild().signal)).toEqual([])
    expect(String(await store.readFile(layer(2), 'kept', 20_000))).toBe('k'.repeat(10_000))
  })

  it('shares nothing with files whose other names somebody may write to', async () => {
    const outside = join(root, 'outside')
    const scripts = scriptsThat(async draft => {
      await writeFile(outside, 'original')
      await link(outside, join(draft, 'linked'))
    })
    await openTestStore(root, { scripts }).build(1, 1, { kind: 'script', script: '' }, generousBuild())
    await writeFile(outside, 'changed!')
    expect(await readFile(place(1, 'linked'), 'utf8')).toBe('original')
    expect((await lstat(place(1, 'linked'))).nlink).toBe(1)
  })

  it('takes nothing from behind a link, however fast somebody who outlives the script swaps a folder for one', async () => {
    const secret = join(root, 'secret')
    for (let round = 0; round < 15; round++) {
      await rm(secret, { recursive: true, force: true })
      await mkdir(secret, { mode: 0o700 })
      for (let file = 0; file < 50; file++)
        await writeFile(join(secret, `f${file}`), 'secret', { mode: 0o600 })
      let swapping: AsyncDisposable | null = null
      const scripts = scriptsThat(async draft => {
        await mkdir(join(draft, 'folder'))
        for (let file = 0; file < 50; file++) await writeFile(join(draft, 'folder', `f${file}`), 'own')
        await rm(join(root, 'link'), { recursive: true, force: true })
        await symlink(secret, join(root, 'link'))
        swapping = await swapForever('folder', join(root, 'link'), draft)
      })
      await openTestStore(root, { scripts })
        .build(1, round + 1, { kind: 'script', script: '' }, generousBuild())
        .catch(() => undefined)
      await (swapping as AsyncDisposable | null)?.[Symbol.asyncDispose]()
      expect((await stat(secret)).mode & 0o777).toBe(0o700)
      const files = await Promise.all(
        (await readdir(secret)).map(async name => {
          const { mode, nlink } = await stat(join(secret, name))
          return `${(mode & 0o777).toString(8)} ${nlink} ${await readFile(join(secret, name), 'utf8')}`
        }),
      )
      expect(files).toEqual(Array(50).fill('600 1 secret'))
      const published = await readdir(layoutOf(root).overlay(1).revisions, { recursive: true })
      const places = published.filter(path => /f\d+$/.test(path))
      const contents = await Promise.all(
        places.map(path => readFile(join(layoutOf(root).overlay(1).revisions, path), 'utf8')),
      )
      expect(contents).not.toContain('secret')
    }
  })

  it('tells what is no longer as it was published', async () => {
    for (const path of ['kept', 'changed', 'longer', 'mode', 'gone']) await put(path, 'content')
    await buildUpload(store, 1, 1)
    await writeFile(place(1, 'changed'), 'CONTENT')
    await writeFile(place(1, 'longer'), 'content and more')
    await chmod(place(1, 'mode'), 0o755)
    await rm(place(1, 'gone'))
    await writeFile(place(1, 'new'), '')
    expect(await store.verify(layer(1), generousBuild().signal)).toEqual([
      { path: 'changed', kind: 'changed' },
      { path: 'gone', kind: 'missing' },
      { path: 'longer', kind: 'changed' },
      { path: 'mode', kind: 'changed' },
      { path: 'new', kind: 'added' },
    ])
  })

  it.each([
    ['left4dead2/addons/x.so', 'anything'],
    ['left4dead2/addons/sourcemod/plugins/x.smx', 'anything'],
    ['left4dead2/cfg/elf.cfg', '\x7fELF\u0001'],
    ['left4dead2/cfg/script.cfg', '#!/bin/sh\n'],
    ['srcds_run', 'rm -rf /'],
  ])('refuses %s without the right to native code', async (path, content) => {
    await put('left4dead2/cfg/a.cfg', 'x')
    await buildUpload(store, 1, 1, { allowNativeCode: false })
    await put(path, content)
    await expect(buildUpload(store, 1, 2, { allowNativeCode: false })).rejects.toMatchObject({
      code: 'native-code-refused',
      message: expect.stringContaining(path),
    })
    expect((await store.revisions(1)).map(({ revision }) => revision)).toEqual([1])
    expect(await leftovers()).toEqual([])
    await buildUpload(store, 1, 2)
  })

  it('refuses more than one build may have, and leaves nothing of it', async () => {
    await put('a', 'x'.repeat(600))
    await buildUpload(store, 1, 1, { maxBytes: 1000 })
    await put('b', 'x'.repeat(600))
    await expect(buildUpload(store, 1, 2, { maxBytes: 1000 })).rejects.toMatchObject({
      code: 'build-too-large',
      remedy: expect.stringContaining('split'),
    })
    expect(await leftovers()).toEqual([])
    expect((await store.revisions(1)).map(({ revision }) => revision)).toEqual([1])
  })

  it('leaves nothing when it is cancelled at any step', async () => {
    for (let file = 0; file < 200; file++) await put(`f${file}`, `${file}`.repeat(1000))
    await buildUpload(store, 1, 1)
    await put('f0', 'other')
    const activities = new Set<string>()
    await buildUpload(store, 1, 2, { onProgress: ({ activity }) => activities.add(activity) })
    await store.removeRevision(layer(2))
    for (const wanted of activities) {
      const abort = new AbortController()
      const building = buildUpload(store, 1, 2, {
        signal: abort.signal,
        onProgress: ({ activity }) => {
          if (activity === wanted) abort.abort()
        },
      })
      await expect(building).rejects.toMatchObject({ code: 'cancelled' })
      expect(await leftovers()).toEqual([])
      expect((await store.revisions(1)).map(({ revision }) => revision)).toEqual([1])
    }
    expect(activities.size).toBe(4)
  })

  it('makes the record of a revision that has none, and its index anew', async () => {
    await put('left4dead2/a.txt', 'x')
    const summary = await buildUpload(store, 1, 1)
    const { records } = layoutOf(root).overlay(1)
    await writeFile(join(records, '1', 'index.json'), '{"format":"left4me-layer-index","version":0')
    expect(decodeLayerIndex(await store.readIndex(layer(1))).folders).toHaveLength(1)
    await rm(records, { recursive: true })
    const [first, second] = await Promise.all([store.revision(layer(1)), store.revision(layer(1))])
    expect(first).toEqual({ ...summary, publishedAt: expect.any(Number) })
    expect(second).toEqual(first)
    expect(await store.verify(layer(1), generousBuild().signal)).toEqual([])
  })

  it('takes a name that is no text, or a path that is too long, for what it is', async () => {
    const { draft } = layoutOf(root).overlay(1)
    await mkdir(draft, { recursive: true })
    execFileSync('/bin/sh', ['-c', ': >"$0/$(printf "\\377")"', draft])
    await expect(buildUpload(store, 1, 1)).rejects.toMatchObject({ code: 'file-refused' })
    expect(await leftovers()).toEqual([])
  })

  describe('killed at any moment', () => {
    let child: ChildProcess | null = null
    afterEach(() => {
      child?.kill('SIGKILL')
    })

    it('has published either nothing or all of it, and the next build goes on from there', async () => {
      for (let file = 0; file < 300; file++) await put(`folder${file % 7}/f${file}`, `${file}`.repeat(2000))
      await buildUpload(store, 1, 1)
      const program = new URL('../testing/build-again-and-again.ts', import.meta.url)
      // First in each of its steps, which it stops in by itself, then at some moment or other.
      const steps = ['copying the files', 'checking the files', 'looking at the content', 'publishing']
      for (const [round, step] of [...steps, ...Array<null>(10).fill(null)].entries()) {
        await put(`new${round}`, `${round}`.repeat(3000))
        const next = ((await store.revisions(1))[0]?.revision ?? 0) + 1
        child = fork(program, [root, String(next), step ?? ''], {
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        })
        const { pid = 0 } = child
        const exited = once(child, 'exit')
        if (step) await eventually(`it stops ${step}`, () => readProcess(pid)?.state === 'T')
        else {
          await once(child, 'message')
          await delay(Math.random() * 250)
        }
        child.kill('SIGKILL')
        await exited
        const after = openTestStore(root)
        const known = (await after.revisions(1)).map(({ revision }) => revision)
        for (const revision of known.slice(0, 2))
          expect(await after.verify(layer(revision), generousBuild().signal)).toEqual([])
        expect(known).toContain(1)
        if (step) expect(known).not.toContain(next)
      }
      const last = ((await store.revisions(1))[0]?.revision ?? 0) + 1
      await buildUpload(store, 1, last)
      expect(await leftovers()).toEqual([])
    })
  })
})

describeWith(['root'], 'building a revision on a disk that gets full', () => {
  it('leaves the last good one, and works when there is room again', async () => {
    const mountPoint = await mkdtemp(join(tmpdir(), 'left4me-full-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'left4me-test', mountPoint])
    try {
      const store = openTestStore(mountPoint)
      await store.putDraft(1, 'small', oneChunk('x'), 10)
      await buildUpload(store, 1, 1)
      for (const name of ['a', 'b', 'c', 'd', 'e'])
        await store.putDraft(1, name, oneChunk(name.repeat(900_000)), 1_000_000)
      await expect(buildUpload(store, 1, 2)).rejects.toMatchObject({
        code: 'disk-full',
        remedy: expect.stringContaining('Free space'),
      })
      expect((await store.revisions(1)).map(({ revision }) => revision)).toEqual([1])
      expect(await store.verify({ overlayId: 1, revision: 1 }, generousBuild().signal)).toEqual([])
      expect(await readdir(layoutOf(mountPoint).overlay(1).revisions)).toEqual(['1'])
      for (const name of ['c', 'd', 'e']) await store.removeDraft(1, name)
      expect(await buildUpload(store, 1, 2)).toMatchObject({ files: 3 })
    } finally {
      execFileSync('umount', [mountPoint])
      await rm(mountPoint, { recursive: true })
    }
  })
})

async function* oneChunk(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content as string)
}
