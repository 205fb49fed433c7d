import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { wholeContent, workshopItem } from '@left4me/simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { WorkshopDownload } from '../overlays/overlay-contract.ts'
import { confinedLauncher } from '../process/confined-program.ts'
import { findPrograms } from '../process/programs.ts'
import { fillFromWorkshop } from './fill-from-workshop.ts'
import { SteamcmdWorkshop } from './steamcmd-workshop.ts'

const steamcmd = fileURLToPath(import.meta.resolve('../../../simulator/bin/steamcmd'))

let folder: string
let output: string[]
let builds = 0
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'left4me-steamcmd-'))
  output = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function fill(
  ids: readonly string[],
  switches = '',
  options: { signal?: AbortSignal; onOutput?: (line: string) => void } = {},
): Promise<string> {
  const { programs } = findPrograms({})
  if (!programs) throw new Error('programs are missing')
  const target = join(folder, `build-${++builds}`)
  const items = ids.map(id => {
    const { title, updatedAt, size } = workshopItem(id)
    return { id, title, updatedAt: updatedAt * 1000, size, fileUrl: null } satisfies WorkshopDownload
  })
  await fillFromWorkshop(target, items, {
    cache: join(folder, 'cache'),
    temporary: join(folder, 'temporary'),
    steamcmd: new SteamcmdWorkshop({
      steamcmd,
      home: join(folder, 'steam'),
      environment: { LEFT4ME_SIMULATOR_SWITCHES: `-simulate-duration-ms 20 ${switches}` },
      launcher: () => confinedLauncher(programs),
      inactivityMs: 240_000,
      retryScale: 0,
    }),
    onProgress: () => undefined,
    onOutput: options.onOutput ?? (line => output.push(line)),
    signal: options.signal ?? new AbortController().signal,
    maxBytes: 1e9,
    allow: { workshopHosts: [], trustedOrigins: [] },
  })
  return join(target, 'left4dead2', 'addons')
}

const runsLeft = () => readdir(join(folder, 'steam', 'runs'))

describe('items that only steamcmd can fetch', () => {
  it('come as ID.vpk, and from the cache the next time', async () => {
    const addons = await fill(['3405000001', '3405000002'])
    expect((await readdir(addons)).sort()).toEqual(['3405000001.vpk', '3405000002.vpk'])
    const bytes = await readFile(join(addons, '3405000001.vpk'))
    expect(bytes.equals(wholeContent(workshopItem('3405000001')))).toBe(true)
    expect(await runsLeft()).toEqual([])
    output = []
    await fill(['3405000001'], '-simulate-workshop failure')
    expect(output).toEqual([])
  })

  it('of the old kind, one file without a name, come too', async () => {
    expect(await readdir(await fill(['3405000002'], '-simulate-workshop legacy'))).toEqual(['3405000002.vpk'])
  })

  it('that end a batch by a timeout are asked for again, and the others aren’t lost', async () => {
    const ids = ['3405000002', '3405000003', '3405000004']
    await expect(
      fill(ids, '-simulate-workshop timeout -simulate-workshop-id 3405000003'),
    ).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining('3405000003'),
      remedy: expect.any(String),
    })
    expect(await readdir(join(folder, 'cache'))).toEqual(['3405000002'])
    expect(output.filter(line => line.startsWith('ERROR! Timeout'))).toHaveLength(3)
    expect((await readdir(await fill(ids))).sort()).toEqual(ids.map(id => `${id}.vpk`))
  })

  it.each([
    ['not-found', 'does not exist'],
    ['access-denied', 'refused'],
  ])('that steamcmd answers with %s are named', async (outcome, message) => {
    await expect(fill(['3405000002'], `-simulate-workshop ${outcome}`)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringContaining(message),
    })
    expect(await runsLeft()).toEqual([])
  })

  it('aren’t asked for again when Steam has had too many logins', async () => {
    await expect(fill(['3405000002'], '-simulate-failure rate-limit')).rejects.toMatchObject({
      code: 'download-failed',
      remedy: expect.stringContaining('half an hour'),
    })
    expect(output.filter(line => line.includes('Rate Limit'))).toHaveLength(1)
  })

  it('come after steamcmd has updated itself', async () => {
    expect(await readdir(await fill(['3405000002'], '-simulate-self-update stop'))).toEqual([
      '3405000002.vpk',
    ])
  })

  it('end with the build when it is cancelled', async () => {
    const cancel = new AbortController()
    await expect(
      fill(['3405000002'], '-simulate-hang-at login', {
        signal: cancel.signal,
        onOutput: () => cancel.abort(),
      }),
    ).rejects.toMatchObject({ code: 'cancelled' })
    expect(await runsLeft()).toEqual([])
  })
})
