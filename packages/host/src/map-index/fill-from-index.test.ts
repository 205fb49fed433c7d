import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningWebApi, startSimulatedWebApi, type WebApiSwitches } from '@left4me/simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { defaultDownloadTimings } from '../downloads/download-timings.ts'
import type { RevisionSource } from '../overlays/overlay-contract.ts'
import { fillFromIndex } from './fill-from-index.ts'

let api: RunningWebApi
let folder: string
let output: string[]
let builds = 0

beforeEach(async () => {
  api = await startSimulatedWebApi()
  folder = await mkdtemp(join(tmpdir(), 'left4me-index-'))
  output = []
})
afterEach(async () => {
  await api.stop()
  await rm(folder, { recursive: true, force: true })
})

async function fill(
  previous: { target: string; sources: RevisionSource[] } | null = null,
  url = 'index.csv',
) {
  const target = join(folder, `build-${++builds}`)
  const sources = await fillFromIndex(
    target,
    {
      url: `${api.origin}/map-index/${url}`,
      previous: previous?.target ?? null,
      previousSources: previous?.sources ?? [],
    },
    {
      cache: join(folder, 'cache'),
      temporary: join(folder, 'temporary'),
      steamcmd: null,
      onProgress: () => undefined,
      onOutput: line => output.push(line),
      signal: new AbortController().signal,
      maxBytes: 1e9,
      allow: { workshopHosts: [], trustedOrigins: [api.origin] },
      timings: { ...defaultDownloadTimings, backoffMs: 1, longestBackoffMs: 5, attempts: 3 },
    },
  )
  return { target, sources }
}

async function filesIn(target: string): Promise<string[]> {
  const found = await readdir(join(target, 'left4dead2'), { recursive: true, withFileTypes: true })
  return found
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(target.length + 1))
    .sort()
}

const fetched = () => api.requests.filter(request => request.includes('/map-index/files/')).length
const all = [
  'left4dead2/addons/cargo_yard.vpk',
  'left4dead2/addons/harbour_arena.vpk',
  'left4dead2/addons/lantern_maps.vpk',
  'left4dead2/addons/old_mill.vpk',
  'left4dead2/cfg/lantern.cfg',
]

describeWith(['root'], 'on a disk with too little room', () => {
  it('nothing of what the index lists is fetched', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k', 'left4me-test', folder])
    try {
      await expect(fill()).rejects.toMatchObject({
        code: 'disk-full',
        remedy: expect.stringContaining('Free space'),
      })
      expect(fetched()).toBe(0)
    } finally {
      execFileSync('umount', [folder])
    }
  })
})

describe('a map index', () => {
  it('brings zips, 7zs, VPKs and zips that are called VPKs to where the game looks', async () => {
    const { target, sources } = await fill()
    expect(await filesIn(target)).toEqual(all)
    expect(await readFile(join(target, 'left4dead2/cfg/lantern.cfg'), 'utf8')).toContain('sv_consistency')
    expect(sources.map(source => source.id)).toEqual([
      'harbour_arena.zip',
      'lantern_maps.7z',
      'cargo_yard.vpk',
      'old_mill.vpk',
    ])
    expect(output.join('\n')).toContain('left out readme.txt')
    expect(await readdir(join(folder, 'temporary'))).toEqual(['index-contents'])
  })

  it('fetches nothing that the previous revision has, and links it', async () => {
    const first = await fill()
    expect(fetched()).toBe(4)
    const second = await fill(first)
    expect(fetched()).toBe(4)
    expect(await filesIn(second.target)).toEqual(all)
    const [a, b] = await Promise.all(
      all.slice(0, 1).flatMap(path => [stat(join(first.target, path)), stat(join(second.target, path))]),
    )
    expect(a?.ino).toBe(b?.ino)
    expect(second.sources).toEqual(first.sources)
  })

  it('fetches again what somebody took out of the previous revision', async () => {
    const first = await fill()
    await rm(join(first.target, 'left4dead2/cfg/lantern.cfg'))
    const second = await fill(first)
    expect(fetched()).toBe(5)
    expect(await filesIn(second.target)).toEqual(all)
  })

  it('leaves out what it doesn’t list any more, in the new revision only', async () => {
    const first = await fill()
    api.switches['map-index'] = 'shorter'
    const second = await fill(first)
    expect(await filesIn(second.target)).toEqual(all.filter(path => /harbour|lantern/.test(path)))
    expect(await filesIn(first.target)).toEqual(all)
  })

  it.each<[WebApiSwitches['map-index'], string, string]>([
    ['wrong-md5', 'download-refused', 'Line 5 (old_mill.vpk): What came has another MD5'],
    ['wrong-size', 'download-refused', 'Line 5 (old_mill.vpk)'],
    ['bad-line', 'index-refused', 'Line 3'],
    ['twice', 'index-refused', 'Line 6 of the index has the name of line 2'],
    ['outside', 'index-refused', 'Line 5'],
    ['web-page', 'index-refused', 'web page'],
    ['missing', 'download-failed', '404'],
  ])('with %s is refused and says where', async (trouble, code, message) => {
    api.switches['map-index'] = trouble
    await expect(fill()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      remedy: expect.any(String),
    })
    expect(
      (await readdir(join(folder, 'temporary'))).filter(
        name => name.startsWith('index-') && name !== 'index-contents',
      ),
    ).toEqual([])
  })

  it('that isn’t there says so', async () => {
    await expect(fill(null, 'other.csv')).rejects.toMatchObject({ code: 'download-failed' })
  })

  it('goes on after a download that broke off', async () => {
    api.switches['download-trouble'] = 'short'
    api.switches['download-trouble-times'] = 2
    expect(await filesIn((await fill()).target)).toEqual(all)
  })

  it('over http, or at a private address, is refused', async () => {
    const refused = (url: string) =>
      fillFromIndex(
        join(folder, 'x'),
        { url, previous: null, previousSources: [] },
        {
          cache: join(folder, 'cache'),
          temporary: join(folder, 'temporary'),
          steamcmd: null,
          onProgress: () => undefined,
          onOutput: () => undefined,
          signal: new AbortController().signal,
          maxBytes: 1e9,
          allow: { workshopHosts: [], trustedOrigins: [] },
        },
      )
    for (const url of [
      `${api.origin}/map-index/index.csv`,
      'https://127.0.0.1/i.csv',
      'https://localhost/i.csv',
    ])
      await expect(refused(url)).rejects.toMatchObject({ code: 'download-refused' })
    expect(api.requests).toEqual([])
  })
})
