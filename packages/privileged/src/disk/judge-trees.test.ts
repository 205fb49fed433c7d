import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostPaths } from '../host-paths.ts'
import { defaultHostLimits } from '../limits/host-limits.ts'
import { judgeTrees, type MeasuredTree } from './judge-trees.ts'
import { formatWatchRecord, isDue, readWatchRecord } from './watch-record.ts'
import { watchedTrees } from './watched-trees.ts'

const mount = (name: string) => ({
  mountPoint: `/var/lib/left4me/runtime/${name}/merged`,
  device: '0:1',
  type: 'overlay',
  upper: `/var/lib/left4me/runtime/${name}/upper`,
  projectQuotas: false,
})
const draft = (id: string) => ({
  mountPoint: `/run/left4me/scripts/${id}/overlay`,
  device: '0:1',
  type: 'ext4',
  upper: null,
  projectQuotas: false,
})
const mebibyte = 1024 ** 2
const plenty = { free: 100 * 1024 ** 3, reserve: 5 * 1024 ** 3 }
const short = { free: 4 * 1024 ** 3, reserve: 5 * 1024 ** 3 }

const measured = (
  key: string,
  change: {
    bytes?: number
    exceeded?: MeasuredTree['size']['exceeded']
    growth?: number
    whileShort?: number
  },
): MeasuredTree => {
  const [kind, name = ''] = key.split('/')
  const [tree] = watchedTrees(hostPaths, defaultHostLimits, [kind === 'server' ? mount(name) : draft(name)])
  if (!tree) throw new Error(`nothing is watched as ${key}`)
  return {
    tree,
    size: { bytes: change.bytes ?? 1000, files: 1, changed: 0, exceeded: change.exceeded ?? null },
    growth: change.growth ?? 0,
    growthWhileShort: change.whileShort ?? change.growth ?? 0,
  }
}

describe('who is watched', () => {
  it('is every mounted server and every draft of a running script', () => {
    const trees = watchedTrees(hostPaths, defaultHostLimits, [
      mount('1'),
      mount('my-server'),
      draft('7'),
      { ...mount('2'), upper: '/elsewhere' },
      { ...mount('3'), mountPoint: '/var/lib/left4me/runtime/3/merged/inside' },
      { ...mount('4'), mountPoint: '/var/lib/left4me/runtime/../merged' },
      { ...draft('8'), mountPoint: '/run/left4me/scripts/8/root' },
      { mountPoint: '/', device: '8:1', type: 'ext4', upper: null, projectQuotas: false },
    ])
    expect(trees.map(({ key, path, units, report }) => ({ key, path, units, report }))).toEqual([
      {
        key: 'server/1',
        path: '/var/lib/left4me/runtime/1/upper',
        units: ['left4me-server@1.service', 'left4me-overlay@1.service'],
        report: '/run/left4me/disk-limit/1',
      },
      {
        key: 'server/my-server',
        path: '/var/lib/left4me/runtime/my-server/upper',
        units: ['left4me-server@my-server.service', 'left4me-overlay@my-server.service'],
        report: '/run/left4me/disk-limit/my-server',
      },
      {
        key: 'script/7',
        path: '/run/left4me/scripts/7/overlay',
        units: ['left4me-script-7.service'],
        report: '/run/left4me/disk-limit/script.7',
      },
    ])
  })
})

describe('who is stopped', () => {
  const stopped = (trees: MeasuredTree[], space = plenty) =>
    judgeTrees(trees, space).map(({ tree, urgent }) => `${tree.key}${urgent ? ' at once' : ''}`)

  it('is whoever is over its limit, and nobody else', () => {
    expect(
      judgeTrees(
        [
          measured('server/1', { exceeded: 'bytes' }),
          measured('server/2', { bytes: 9 * 1024 ** 3, growth: 1024 ** 3 }),
          measured('server/3', { exceeded: 'files' }),
          measured('script/7', { exceeded: 'depth' }),
          measured('server/4', { exceeded: 'open-files' }),
        ],
        plenty,
      ).map(({ tree, message }) => `${tree.key}: ${message}`),
    ).toEqual([
      'server/1: It has more than the 10 GiB on the disk that it may have.',
      'server/3: It has more than the 200000 files that it may have.',
      'script/7: Its folders are nested too deep to be measured.',
      'server/4: Its processes have too many files open to be measured.',
    ])
  })

  it('is, on a disk that is nearly full, the one that grew fastest, one at a time', () => {
    const trees = [
      measured('server/1', { bytes: 9 * 1024 ** 3, growth: 0, whileShort: 900 * mebibyte }),
      measured('script/7', { growth: 300 * mebibyte, whileShort: 600 * mebibyte }),
      measured('server/2', { growth: 100 * mebibyte, whileShort: 800 * mebibyte }),
    ]
    expect(stopped(trees, short)).toEqual(['script/7 at once'])
    expect(judgeTrees(trees, short)[0]?.message).toBe(
      'The disk had only 4 GiB left, and this grew fastest, by 600 MiB since it ran short.',
    )
    expect(stopped(trees, plenty)).toEqual([])
  })

  it('is also who grows slowly, before the disk is full', () => {
    const step = mebibyte
    const space = { free: short.reserve, reserve: short.reserve }
    let grown = 0
    while (stopped([measured('server/1', { growth: step, whileShort: grown })], space).length === 0) {
      grown += step
      space.free -= step
    }
    expect(grown).toBe(256 * mebibyte)
  })

  it('is first who is over its limit', () => {
    const trees = [
      measured('server/1', { exceeded: 'bytes' }),
      measured('server/2', { growth: 900 * mebibyte }),
    ]
    expect(stopped(trees, short)).toEqual(['server/1 at once'])
  })

  it('is nobody on a full disk when nobody grew: others filled it', () => {
    const trees = [
      measured('server/1', { bytes: 9 * 1024 ** 3, growth: mebibyte }),
      measured('server/2', { bytes: 9 * 1024 ** 3, growth: -300 * mebibyte, whileShort: 1024 ** 3 }),
      measured('server/3', { bytes: 9 * 1024 ** 3, growth: 15 * mebibyte }),
    ]
    expect(stopped(trees, short)).toEqual([])
    expect(stopped(trees, { ...short, free: 0 })).toEqual([])
    expect(stopped([measured('server/3', { growth: 100 * mebibyte })], short)).toEqual([])
    expect(stopped([measured('server/3', { growth: 100 * mebibyte })], { ...short, free: 0 })).toEqual([
      'server/3 at once',
    ])
    expect(stopped([], short)).toEqual([])
  })

  it('is never somebody within the limits while there is room, whoever grows', () => {
    const tree = fc.record({
      key: fc.integer({ min: 1, max: 99 }).map(number => `server/${number}`),
      growth: fc.maxSafeInteger(),
      exceeded: fc.constantFrom(undefined, 'bytes' as const, 'files' as const),
    })
    fc.assert(
      fc.property(fc.array(tree), trees => {
        const all = trees.map(({ key, growth, exceeded }) =>
          measured(key, exceeded === undefined ? { growth } : { growth, exceeded }),
        )
        const over = all.filter(({ size }) => size.exceeded !== null)
        expect(judgeTrees(all, plenty).map(offence => offence.tree)).toEqual(over.map(one => one.tree))
        const offences = judgeTrees(all, short)
        if (over.length === 0) expect(offences.length).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('how often a tree is measured', () => {
  it('is each time while that takes no noticeable share of the time, and seldom for a large one', () => {
    const nothing = { bytes: 0, bytesBeforeShort: 0 }
    expect(isDue(undefined, 1000)).toBe(true)
    expect(isDue({ ...nothing, at: 0, took: 100 }, 10_000)).toBe(true)
    expect(isDue({ ...nothing, at: 0, took: 1000 }, 10_000)).toBe(false)
    expect(isDue({ ...nothing, at: 0, took: 1000 }, 50_000)).toBe(true)
    // The clock was set back.
    expect(isDue({ ...nothing, at: 20_000, took: 1000 }, 10_000)).toBe(true)
  })

  it('is remembered, and forgotten when the record is spoilt', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'left4me-record-'))
    const file = join(folder, 'record.json')
    const record = new Map([['server/1', { bytes: 5, bytesBeforeShort: 4, at: 6, took: 7 }]])
    try {
      expect(readWatchRecord(file)).toEqual(new Map())
      await writeFile(file, formatWatchRecord(record))
      expect(readWatchRecord(file)).toEqual(record)
      for (const text of ['', '{', '[1]', '{"server/1":{"bytes":"5"}}', '{"server/1":null}']) {
        await writeFile(file, text)
        expect(readWatchRecord(file)).toEqual(new Map())
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
