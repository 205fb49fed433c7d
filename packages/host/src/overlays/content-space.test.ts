import { link, mkdir, mkdtemp, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeTree } from '../files/remove-tree.ts'
import { layoutOf } from '../layout.ts'
import { readProcess } from '../process/process-table.ts'
import { buildUpload, generousBuild } from '../testing/instances.ts'
import { openTestStore, scriptsThat } from '../testing/overlay-stores.ts'
import type { LocalOverlayStore } from './overlay-store.ts'

const size = 300_000
/** What folders and records take besides. */
const little = 60_000

describe('the use of the disk', () => {
  let root: string
  let store: LocalOverlayStore

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'left4me-space-'))
    store = openTestStore(root)
  })

  afterEach(() => removeTree(root))

  const write = async (path: string, bytes = size) => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), Buffer.alloc(bytes, 1))
    return join(root, path)
  }
  const about = (bytes: number) => ({
    asymmetricMatch: (value: unknown) =>
      typeof value === 'number' && value >= bytes && value <= bytes + little,
    toString: () => `about ${bytes}`,
  })
  const collect = (...keep: string[]) =>
    store.collect({ keepItems: new Set(keep), signal: new AbortController().signal })

  it('is nothing where nothing is', async () => {
    expect(await store.space()).toEqual({
      overlays: [],
      uppers: [],
      installationBytes: 0,
      workshopCache: { bytes: 0, unusedBytes: 0, items: 0 },
      leftoverBytes: 0,
    })
    expect(await collect()).toBe(0)
  })

  it('counts what revisions share once, and tells what deleting each would free', async () => {
    await store.putDraft(1, 'shared', chunk(size), size)
    await buildUpload(store, 1, 1)
    await store.putDraft(1, 'own', chunk(size, 8), size)
    await buildUpload(store, 1, 2)
    await store.appendUpload(1, 1, 0, chunk(size), size)
    await write('runtime/7/upper/left4dead2/plugin.db')
    await write('installation/revisions/1/srcds_run')
    expect(await store.space()).toEqual({
      overlays: [
        {
          overlayId: 1,
          draftBytes: about(2 * size),
          uploadBytes: about(size),
          revisions: [
            { revision: 1, bytes: about(size), ownBytes: about(0) },
            { revision: 2, bytes: about(size), ownBytes: about(size) },
          ],
        },
      ],
      uppers: [{ instanceId: 7, bytes: about(size) }],
      installationBytes: about(size),
      workshopCache: { bytes: 0, unusedBytes: 0, items: 0 },
      leftoverBytes: 0,
    })
  })

  it('is what is allocated, not what a sparse file says', async () => {
    await truncate(await write('runtime/1/upper/sparse'), 1_000_000_000)
    expect((await store.space()).uppers).toEqual([{ instanceId: 1, bytes: about(size) }])
  })

  it('frees what no overlay needs, and nothing that one needs', async () => {
    const used = await write('overlays/workshop_cache/100/1700000000000/100.vpk')
    await write('overlays/workshop_cache/200/1700000000000/200.vpk')
    await write('overlays/workshop_cache/300/1600000000000/300.vpk')
    await write('overlays/workshop_cache/300/1700000000000/300.vpk')
    const scripts = scriptsThat(async draft => {
      await mkdir(join(draft, 'left4dead2'))
    })
    await openTestStore(root, { scripts }).build(2, 1, { kind: 'script', script: '' }, generousBuild())
    const revision = join(layoutOf(root).revision(2, 1), 'left4dead2', '100.vpk')
    await link(used, revision)
    await write('overlays/2/revisions/.building-2-dead/half')
    await write('overlays/2/records/.building-2-dead/half', 10)
    await write('overlays/2/records/9/summary.json', 10)
    await write('overlays/2/draft/half')
    await write('overlays/3/draft/mine')
    await write('overlays/3/uploads/.received-dead', 10)
    await write('overlays/downloads/new')
    const key = 'f'.repeat(32)
    const start = readProcess(process.pid)?.start
    await write(`overlays/downloads/${key}.${process.pid}.${start}.1/content-mine`)
    await write(`overlays/downloads/${key}.999999999.1.2/content-old`)
    await write(`overlays/downloads/${key}/content-old`)
    await utimes(await write('overlays/downloads/old'), 1_600_000_000, 1_600_000_000)

    expect(await store.space()).toMatchObject({
      workshopCache: { bytes: about(4 * size), unusedBytes: about(3 * size), items: 3 },
      leftoverBytes: about(4 * size),
    })
    expect(await collect('300')).toEqual(about(7 * size))
    const { overlays } = layoutOf(root)
    const left = await readdir(overlays, { recursive: true })
    expect(left.filter(name => /\.vpk$|half|mine|new|old|9$|building|received/.test(name)).sort()).toEqual([
      '2/revisions/1/left4dead2/100.vpk',
      '3/draft/mine',
      `downloads/${key}.${process.pid}.${start}.1/content-mine`,
      'downloads/new',
      'workshop_cache/100/1700000000000/100.vpk',
      'workshop_cache/300/1700000000000/300.vpk',
    ])
    expect(await collect('300')).toBe(0)
    await rm(revision)
    expect(await collect()).toEqual(about(2 * size))
  })

  it('frees the draft of a script that goes on only when that was ended', async () => {
    const [left, ended]: [string[], number[]] = [[], []]
    const scripts = scriptsThat(async () => undefined)
    const store = openTestStore(root, {
      scripts: () => ({
        ...scripts(root),
        end: async overlayId => {
          ended.push(overlayId)
          left.push(...(await readdir(layoutOf(root).overlay(overlayId).draft).catch(() => [])))
        },
      }),
    })
    await store.build(2, 1, { kind: 'script', script: '' }, generousBuild())
    await store.build(4, 1, { kind: 'script', script: '' }, generousBuild())
    await write('overlays/2/draft/half')
    ended.length = 0
    await store.collect({ keepItems: new Set(), signal: new AbortController().signal })
    expect({ ended, left }).toEqual({ ended: [2], left: ['half'] })
    expect(await readdir(layoutOf(root).overlay(2).folder)).not.toContain('draft')
  })

  it('is left alone where somebody builds, and when collecting is cancelled', async () => {
    await write('overlays/workshop_cache/100/1700000000000/100.vpk')
    await expect(store.collect({ keepItems: new Set(), signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    })
    const { promise, resolve } = Promise.withResolvers<void>()
    const building = openTestStore(root, {
      scripts: () => ({
        run: async () => {
          await write('overlays/5/draft/in-work')
          await promise
          return { outcome: 'succeeded', message: '', remedy: '' }
        },
        end: async () => undefined,
        endAll: async () => undefined,
      }),
    })
    const built = building.build(5, 1, { kind: 'script', script: '' }, generousBuild())
    while ((await readdir(join(root, 'overlays/5/draft')).catch(() => [])).length === 0)
      await Promise.resolve()
    await building.collect({ keepItems: new Set(), signal: new AbortController().signal })
    expect(await readdir(join(root, 'overlays/workshop_cache'))).toEqual(['100'])
    resolve()
    expect(await built).toMatchObject({ files: 1 })
  })
})

async function* chunk(bytes: number, fill = 7): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(bytes, fill)
}
