import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { VpkFile } from '@left4me/protocols/client'
import {
  packVpk,
  packZip,
  type RunningWebApi,
  startSimulatedWebApi,
  wholeContent,
  workshopItem,
} from '@left4me/simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { defaultDownloadTimings } from '../downloads/download-timings.ts'
import type { FetchContext } from '../downloads/fetch-context.ts'
import { FileServer, serve } from '../downloads/testing/file-server.ts'
import type { BuildProgress, WorkshopDownload } from '../overlays/overlay-contract.ts'
import { fillFromWorkshop } from './fill-from-workshop.ts'
import { WorkshopCache } from './workshop-cache.ts'

let api: RunningWebApi
let folder: string
let output: string[]
let progress: BuildProgress[]
let builds = 0

beforeEach(async () => {
  api = await startSimulatedWebApi()
  folder = await mkdtemp(join(tmpdir(), 'left4me-workshop-'))
  output = []
  progress = []
})
afterEach(async () => {
  await api.stop()
  await rm(folder, { recursive: true, force: true })
})

// No silence is too long, but where a test is about that.
const timings = { ...defaultDownloadTimings, backoffMs: 1, longestBackoffMs: 5, attempts: 3, idleMs: 60_000 }

function context(options: Partial<FetchContext> = {}): FetchContext {
  return {
    cache: join(folder, 'cache'),
    temporary: join(folder, 'temporary'),
    steamcmd: null,
    onProgress: report => progress.push(report),
    onOutput: line => output.push(line),
    signal: new AbortController().signal,
    maxBytes: 1e9,
    allow: { workshopHosts: [], trustedOrigins: [api.origin] },
    timings,
    ...options,
  }
}

function item(id: string, changed: Partial<WorkshopDownload> = {}): WorkshopDownload {
  const known = workshopItem(id)
  return {
    id,
    title: known.title,
    updatedAt: known.updatedAt * 1000,
    size: known.size,
    fileUrl: `${api.origin}/ugc/${id}/${known.fileName}`,
    ...changed,
  }
}

/** Resolves to the folder that was filled. */
async function fill(items: readonly WorkshopDownload[], options: Partial<FetchContext> = {}) {
  const target = join(folder, `build-${++builds}`)
  const sources = await fillFromWorkshop(target, items, context(options))
  return { target, sources, addons: await readdir(join(target, 'left4dead2', 'addons')) }
}

const requests = () => api.requests.filter(request => request.includes('/ugc/')).length
const cached = async () => (await readdir(join(folder, 'cache'))).sort()
const leftItems = async () =>
  (await readdir(join(folder, 'temporary'))).filter(name => name.startsWith('item-'))

describe('items of the Workshop', () => {
  it('come as ID.vpk, whole, with progress in bytes', async () => {
    const { addons, sources, target } = await fill([item('501'), item('506')])
    expect(addons).toEqual(['501.vpk', '506.vpk'])
    const bytes = await readFile(join(target, 'left4dead2/addons/501.vpk'))
    expect(bytes.equals(wholeContent(workshopItem('501')))).toBe(true)
    expect(sources.map(({ id, version }) => [id, version])).toEqual([
      ['501', String(workshopItem('501').updatedAt * 1000)],
      ['506', String(workshopItem('506').updatedAt * 1000)],
    ])
    expect(progress.at(-1)).toMatchObject({
      fraction: 1,
      transfer: { bytes: workshopItem('501').size + workshopItem('506').size },
    })
  })

  it('are fetched once, and linked into every revision', async () => {
    const first = await fill([item('501')])
    const second = await fill([item('501'), item('502')])
    expect(requests()).toBe(2)
    const [a, b] = await Promise.all(
      [first, second].map(({ target }) => stat(join(target, 'left4dead2/addons/501.vpk'))),
    )
    expect(a?.ino).toBe(b?.ino)
    expect(await cached()).toEqual(['501', '502'])
  })

  it('are fetched once also by two builds at the same time', async () => {
    const [first, second] = await Promise.all([fill([item('501')]), fill([item('501')])])
    expect([first.addons, second.addons, requests()]).toEqual([['501.vpk'], ['501.vpk'], 1])
  })

  it('that were updated come anew, and only they', async () => {
    await fill([item('501'), item('502')])
    api.switches['item-revision'] = 1
    const newer = workshopItem('501', 0, 1)
    const before = requests()
    await fill([item('501', { updatedAt: newer.updatedAt * 1000, size: newer.size }), item('502')])
    expect(requests() - before).toBe(1)
    expect(await readdir(join(folder, 'cache', '501'))).toHaveLength(2)
  })

  it('survive a broken connection, a busy server and a stall', async () => {
    for (const trouble of ['reset', 'short', 'busy', 'error', 'stall'] as const) {
      api.switches['download-trouble'] = trouble
      api.switches['download-trouble-times'] = 1
      const id = { reset: '501', short: '502', busy: '503', error: '504', stall: '505' }[trouble]
      const patience = trouble === 'stall' ? { idleMs: 1000, attempts: 50 } : {}
      const { target } = await fill([item(id)], { timings: { ...timings, ...patience } })
      const bytes = await readFile(join(target, `left4dead2/addons/${id}.vpk`))
      expect(bytes.equals(wholeContent(workshopItem(id)))).toBe(true)
      api.switches['download-trouble'] = 'none'
      await fill([item('506')])
    }
  })

  it.each([
    ['is damaged', 'corrupt', 'download-refused'],
    ['is gone', 'gone', 'download-failed'],
    ['never ends', 'endless', 'download-refused'],
    ['is never answered', 'silent', 'download-failed'],
  ])('that %s leave nothing in the cache, and name themselves', async (_what, trouble, code) => {
    api.switches['download-trouble'] = trouble
    await expect(
      fill([item('501', { size: trouble === 'endless' ? 5000 : item('501').size })], {
        timings: { ...timings, ...(trouble === 'silent' ? { idleMs: 500 } : {}) },
      }),
    ).rejects.toMatchObject({
      code,
      message: expect.stringContaining('Cold Harbour'),
      remedy: expect.any(String),
    })
    expect(await cached()).toEqual([])
    expect(await leftItems()).toEqual([])
  })

  it('of another size than Steam said are refused', async () => {
    api.switches['download-other-size'] = true
    await expect(fill([item('501')])).rejects.toMatchObject({ code: 'download-refused' })
  })

  it('aren’t fetched from where a redirect leads, nor from a host that isn’t Steam’s', async () => {
    api.switches['download-redirect'] = true
    await expect(fill([item('501')])).rejects.toMatchObject({ code: 'download-refused' })
    await expect(fill([item('501', { fileUrl: 'https://evil.example/a.vpk' })])).rejects.toMatchObject({
      code: 'download-refused',
    })
  })

  it('that are more than the build may have end it', async () => {
    await expect(fill([item('501'), item('502')], { maxBytes: 1_000_000 })).rejects.toMatchObject({
      code: expect.stringMatching(/build-too-large|download-refused/),
    })
  })

  it('keep what came when another one fails', async () => {
    await expect(
      fill([item('506'), item('501', { fileUrl: `${api.origin}/ugc/3/gone` })]),
    ).rejects.toMatchObject({
      code: 'download-failed',
    })
    const before = requests()
    await fill([item('506')])
    expect(requests()).toBe(before)
  })

  it('end with the build when it is cancelled', async () => {
    const cancel = new AbortController()
    api.switches['download-rate'] = 50_000
    const filling = fill([item('501')], { signal: cancel.signal, onProgress: () => cancel.abort() })
    await expect(filling).rejects.toMatchObject({ code: 'cancelled' })
    expect(await cached()).toEqual([])
  })

  it('that only steamcmd can fetch say so where there is none', async () => {
    await expect(fill([item('3405000001', { fileUrl: null })])).rejects.toMatchObject({
      code: 'download-refused',
      remedy: expect.stringContaining('LEFT4ME_STEAMCMD'),
    })
  })

  it('never have a name that leads elsewhere', async () => {
    await expect(fill([item('501', { id: '../../501' })])).rejects.toMatchObject({ code: 'download-refused' })
  })
})

describe('a build that is killed', () => {
  it('in the middle of a download leaves it to the next, which goes on from there', async () => {
    api.switches['download-rate'] = 200_000
    const program = fileURLToPath(import.meta.resolve('./testing/fill-program.ts'))
    const child = spawn(process.execPath, [program, folder, api.origin, JSON.stringify(item('501'))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise<void>(resolve => {
      createInterface({ input: child.stdout }).on('line', line => Number(line) > 50_000 && resolve())
    })
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(await cached()).toEqual([])
    api.switches['download-rate'] = 0
    const reports: number[] = []
    const { target } = await fill([item('501')], {
      onProgress: ({ transfer }) => reports.push(transfer?.bytes ?? 0),
    })
    const bytes = await readFile(join(target, 'left4dead2/addons/501.vpk'))
    expect(bytes.equals(wholeContent(workshopItem('501')))).toBe(true)
    // The first report of the transfer: what was there already.
    expect(reports.find(amount => amount > 0)).toBeGreaterThan(50_000)
  })
})

describe('two processes that bring the same version', () => {
  it('both end with it, and neither with half of it', async () => {
    const cache = new WorkshopCache(join(folder, 'cache'), folder)
    const prepared = await Promise.all(['a', 'b'].map(() => cache.prepare('501')))
    for (const [at, place] of prepared.entries()) await writeFile(join(place, '501.vpk'), `content ${at}`)
    const published = await Promise.all(prepared.map(place => cache.publish(place, '501', 7)))
    expect(published[0]).toEqual(published[1])
    expect(await readdir(join(folder, 'cache', '501', '7'))).toEqual(['501.vpk'])
    for (const place of prepared) await expect(stat(place)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describeWith(['root'], 'on a full disk', () => {
  it('fetching says so, gives back what it took, keeps the cache, and works when there is room again', async () => {
    const place = join(folder, 'small')
    await mkdir(place)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'left4me-test', place])
    try {
      const places = { cache: join(place, 'cache'), temporary: join(place, 'temporary') }
      const build = (id: string, changed: Partial<WorkshopDownload> = {}) =>
        fillFromWorkshop(join(place, `build-${id}`), [item(id, changed)], context(places))
      await build('505')
      await writeFile(join(place, 'filler'), Buffer.alloc(2_300_000))
      const { bavail } = await statfs(place)
      const sent = requests()
      const full = { code: 'disk-full', remedy: expect.stringContaining('Free space') }
      await expect(build('501')).rejects.toMatchObject(full)
      expect(requests()).toBe(sent)
      // Where nobody says how large it is, that shows while it comes.
      await expect(build('501', { size: null })).rejects.toMatchObject(full)
      expect(requests()).toBeGreaterThan(sent)
      expect(await readdir(places.cache)).toEqual(['505'])
      expect((await statfs(place)).bavail).toBeGreaterThanOrEqual(bavail - 20)
      await rm(join(place, 'filler'))
      await build('501')
      expect((await readdir(places.cache)).sort()).toEqual(['501', '505'])
    } finally {
      execFileSync('umount', [place])
    }
  })
})

describe('a zip that is called a VPK', () => {
  const vpk = (map: string) => packVpk([{ path: `maps/${map}.bsp`, content: Buffer.from(map) }])
  const fillFrom = async (content: Buffer) => {
    await using server = await FileServer.start((request, response) => serve(content, request, response))
    const download = item('777', { fileUrl: `${server.origin}/a.vpk`, size: content.length })
    return await fill([download], { allow: { workshopHosts: [], trustedOrigins: [server.origin] } })
  }

  it('is unpacked', async () => {
    const { addons, target } = await fillFrom(
      packZip([
        { path: 'x/first.vpk', content: vpk('a') },
        { path: 'second.vpk', content: vpk('b') },
        { path: 'readme.txt', content: Buffer.from('x') },
      ]),
    )
    expect(addons).toEqual(['777.vpk', '777_2.vpk'])
    await using file = await VpkFile.open(join(target, 'left4dead2/addons/777.vpk'))
    expect(file.entries).toHaveLength(1)
  })

  it('without a VPK in it is refused', async () => {
    await expect(
      fillFrom(packZip([{ path: 'cfg/server.cfg', content: Buffer.from('x') }])),
    ).rejects.toMatchObject({ code: 'download-refused', message: expect.stringContaining('no VPK') })
    await expect(fillFrom(Buffer.from('<!doctype html><title>Log in</title>'))).rejects.toMatchObject({
      code: 'download-refused',
      message: expect.stringContaining('web page'),
    })
  })
})
