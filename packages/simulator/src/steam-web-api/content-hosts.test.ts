import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseMission, readImage } from '@left4me/protocols'
import { VpkFile } from '@left4me/protocols/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningWebApi, startSimulatedWebApi } from '../start-web-api.ts'
import { catalogue, collections } from '../workshop/catalogue.ts'
import { wholeContent, workshopItem } from '../workshop/workshop-item.ts'

let api: RunningWebApi
let folder: string
beforeEach(async () => {
  api = await startSimulatedWebApi()
  folder = await mkdtemp(join(tmpdir(), 'left4me-hosts-'))
})
afterEach(async () => {
  await api.stop()
  await rm(folder, { recursive: true, force: true })
})

const get = (path: string, headers: Record<string, string> = {}) => fetch(`${api.origin}${path}`, { headers })
const bytesOf = async (reply: Response) => Buffer.from(await reply.arrayBuffer())

describe('items with a story', () => {
  it.each(catalogue.map(({ id, title }) => [title, id]))(
    '%s is a VPK that others can read',
    async (title, id) => {
      const place = join(folder, `${id}.vpk`)
      await writeFile(place, wholeContent(workshopItem(id)))
      await using vpk = await VpkFile.open(place)
      const missions = vpk.entries.filter(entry => entry.path.startsWith('missions/'))
      for (const entry of missions) {
        const mission = parseMission(await vpk.read(entry))
        expect(mission.title).toBe(title)
        for (const { chapters } of mission.modes)
          for (const { map } of chapters) expect(vpk.find(`maps/${map}.bsp`)).not.toBe(null)
      }
      expect(await readImage(vpk, { path: 'addonimage.jpg' })).toMatchObject({ type: 'image/png' })
    },
  )

  it('follow from their id alone, and change with each revision', () => {
    const [first, again, newer] = [0, 0, 1].map(revision => workshopItem('501', 10, revision))
    expect(first && again && wholeContent(first).equals(wholeContent(again))).toBe(true)
    expect(first && newer && wholeContent(first).equals(wholeContent(newer))).toBe(false)
    expect(newer?.updatedAt).toBeGreaterThan(first?.updatedAt ?? 0)
  })

  it('are what the collections name', () => {
    expect(collections['110']?.children.every(id => catalogue.some(item => item.id === id))).toBe(true)
  })

  it('have pictures', async () => {
    const picture = await bytesOf(await get('/preview/501.png'))
    expect(picture.subarray(1, 4).toString()).toBe('PNG')
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([320, 180])
  })
})

describe('file downloads', () => {
  const path = '/ugc/501/simulated_501.vpk'

  it('come in parts to who has the beginning of the same content', async () => {
    const whole = await get(path)
    const content = await bytesOf(whole)
    const etag = whole.headers.get('etag') ?? ''
    expect(content).toHaveLength(Number(whole.headers.get('content-length')))
    const part = await get(path, { range: 'bytes=1000-', 'if-range': etag })
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 1000-${content.length - 1}/${content.length}`,
    ])
    expect((await bytesOf(part)).equals(content.subarray(1000))).toBe(true)
    api.switches['item-revision'] = 1
    expect((await get(path, { range: 'bytes=1000-', 'if-range': etag })).status).toBe(200)
  })

  it.each([
    ['busy', 429],
    ['error', 500],
    ['gone', 404],
  ] as const)('can be %s', async (trouble, status) => {
    api.switches['download-trouble'] = trouble
    expect((await get(path)).status).toBe(status)
  })

  it.each(['short', 'reset'] as const)(
    'can end %s, as often as wanted and for one item only',
    async trouble => {
      api.switches['download-trouble'] = trouble
      api.switches['download-trouble-times'] = 1
      api.switches['download-trouble-id'] = '501'
      expect((await bytesOf(await get('/ugc/502/a'))).length).toBe(workshopItem('502').size)
      await expect(get(path).then(bytesOf)).rejects.toThrow()
      expect((await bytesOf(await get(path))).length).toBe(workshopItem('501').size)
    },
  )

  it('can be nonsense behind the first bytes', async () => {
    api.switches['download-trouble'] = 'corrupt'
    const content = await bytesOf(await get(path))
    expect(content).toHaveLength(workshopItem('501').size)
    expect(content.readUInt32LE(0)).toBe(0x55aa1234)
    expect(content.equals(wholeContent(workshopItem('501')))).toBe(false)
  })

  it('can stall, stay silent, or go on for ever', async () => {
    for (const trouble of ['stall', 'silent', 'endless'] as const) {
      api.switches['download-trouble'] = trouble
      const signal = AbortSignal.timeout(200)
      await expect(fetch(`${api.origin}${path}`, { signal }).then(bytesOf)).rejects.toThrow()
    }
  })
})

describe('the map index', () => {
  const lines = async () => (await (await get('/map-index/index.csv')).text()).trim().split('\n').slice(1)

  it('says size and MD5 of what it links to', async () => {
    const rows = await lines()
    expect(rows).toHaveLength(4)
    for (const row of rows) {
      const [, size, md5, link = ''] = row.split(';')
      const content = await bytesOf(await fetch(link))
      expect([String(content.length), createHash('md5').update(content).digest('hex')]).toEqual([size, md5])
    }
  })

  it('can be wrong', async () => {
    const right = await lines()
    for (const trouble of [
      'wrong-md5',
      'wrong-size',
      'bad-line',
      'twice',
      'shorter',
      'outside',
      'web-page',
    ]) {
      api.switches['map-index'] = trouble
      expect(await lines()).not.toEqual(right)
    }
  })
})
