import type { Installation, Job, Server } from '@left4me/contract'
import { startSimulatedWebApi } from '@left4me/simulator'
import { afterEach, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { ProductBed, type ProductBedOptions } from '../testing/product-bed.ts'

const quick = { look: 50, emptyAtLeast: 300, retryAfter: 500 }
/** A policy that nothing happens by. */
const never = { updatePolicy: { mode: 'never', time: null } }
const whenEmpty = { updatePolicy: { mode: 'when-empty', time: null } }

describeWith(['overlayfs'], 'revisions of the installation', () => {
  let bed: ProductBed | null = null
  /** What the simulated steamcmd is told. */
  let steamcmd: Record<string, string> = {}
  afterEach(async () => {
    await bed?.[Symbol.asyncDispose]()
    bed = null
  })

  const offer = (version: string, build: string, more = '') => {
    steamcmd['LEFT4ME_SIMULATOR_SWITCHES'] =
      `-simulate-duration-ms 0 -simulate-build-id ${build} -simulate-patch-version ${version} ${more}`
  }

  async function open(options: ProductBedOptions = {}): Promise<ProductBed> {
    steamcmd = {}
    offer('2.2.4.3', '10097001')
    const { host, domain, ...rest } = options
    bed = await ProductBed.open({
      ...rest,
      host: { steamcmdEnvironment: steamcmd, ...host },
      domain: { ...domain, installation: { pace: quick, ...domain?.installation } },
    })
    await bed.install()
    return bed
  }

  const installation = async (where: ProductBed) =>
    (await where.admin.get<Installation>('/api/v1/installation')).body
  const update = (where: ProductBed) => where.done(where.admin, '/api/v1/installation/update')

  async function running(where: ProductBed, name: string, more: Record<string, unknown>): Promise<Server> {
    const server = await where.newServer(where.admin, name, more)
    expect((await where.done(where.admin, `/api/v1/servers/${server.id}/start`)).error).toBeNull()
    return where.server(where.admin, server.id)
  }

  /** It runs with the newest revision, and whatever brought it there has ended. */
  async function changed(where: ProductBed, { id }: Server): Promise<boolean> {
    const [newest] = (await installation(where)).revisions
    const { state, jobId } = await where.server(where.admin, id)
    return state === 'running' && jobId === null && (newest?.usedBy ?? []).some(user => user.id === id)
  }

  test('come while servers run on the old one, which keep it until they are restarted', async () => {
    const where = await open()
    const server = await running(where, 'Keeps running', never)
    offer('2.2.4.4', '10097002')
    const job = await update(where)
    expect(job).toMatchObject({ state: 'succeeded', result: expect.stringContaining('Revision 2') })
    expect(await installation(where)).toMatchObject({
      state: 'ready',
      version: '2.2.4.4',
      revision: 2,
      revisions: [
        { revision: 2, version: '2.2.4.4', current: true, usedBy: [] },
        {
          revision: 1,
          version: '2.2.4.3',
          current: false,
          usedBy: [{ id: server.id, name: 'Keeps running' }],
        },
      ],
      pendingServers: [{ id: server.id, revision: 1, waitsFor: 'a start by hand' }],
    })
    // Somebody else's servers aren't named.
    const other = await where.addPerson('nick')
    const seen = (await other.get<Installation>('/api/v1/installation')).body
    expect(seen).toMatchObject({ revisions: [{ usedBy: [] }, { usedBy: [] }], pendingServers: [] })
    const still = await where.server(where.admin, server.id)
    expect(still).toMatchObject({ state: 'running', pid: server.pid })
    const read = async () =>
      String(await where.host.files(server.id).read('left4dead2/steam.inf', 1000)).match(
        /PatchVersion=(.*)/,
      )?.[1]
    expect(await read()).toBe('2.2.4.3')

    const switched = await where.done(where.admin, `/api/v1/servers/${server.id}/switch-installation`)
    expect(switched).toMatchObject({ kind: 'installation-switch', state: 'succeeded' })
    expect(await read()).toBe('2.2.4.4')
    expect((await installation(where)).pendingServers).toEqual([])
    // Nothing is new: no revision comes of it.
    expect(await update(where)).toMatchObject({ result: expect.stringContaining('nothing newer') })
    expect((await installation(where)).revisions).toHaveLength(2)
  })

  test('go on where they were when left4me itself is killed in the middle', async () => {
    bed = await ProductBed.open()
    const where = bed
    await where.stop()
    await where.startApart()
    const { body } = await where.admin.send<{ job: Job }>('POST', '/api/v1/installation/update')
    await where.until('it downloads', async () => {
      const { progress } = (await where.admin.get<Job>(`/api/v1/jobs/${body.job.id}`)).body
      return progress > 0.1
    })
    await where.killApart()
    await where.start()
    expect(await where.ended(where.admin, body.job.id)).toMatchObject({ state: 'succeeded', error: null })
    expect(await installation(where)).toMatchObject({ state: 'ready', revision: 1, jobId: null })
    const { items } = (
      await where.admin.get<{ items: { text: string }[] }>(`/api/v1/jobs/${body.job.id}/log`)
    ).body
    expect(items.map(({ text }) => text).join('\n')).toContain(
      'Going on with what an earlier attempt downloaded',
    )
  })

  test('are rolled back by one click, by admins', async () => {
    const where = await open()
    offer('2.2.4.4', '10097002')
    await update(where)
    const other = await where.addPerson('zoey')
    const body = { revision: 1 }
    expect((await other.refused('POST', '/api/v1/installation/rollback', body)).code).toBe('not-allowed')
    const gone = await where.admin.refused('POST', '/api/v1/installation/rollback', { revision: 7 })
    expect(gone).toMatchObject({ code: 'not-found', detail: expect.stringContaining('revision 7') })
    const job = await where.done(where.admin, '/api/v1/installation/rollback', 'POST', body)
    expect(job).toMatchObject({ kind: 'installation-rollback', state: 'succeeded' })
    expect(await installation(where)).toMatchObject({ revision: 1, version: '2.2.4.3', state: 'ready' })
    const server = await running(where, 'Old', never)
    expect((await installation(where)).revisions[1]).toMatchObject({ usedBy: [{ id: server.id }] })
  })

  test('aren’t taken when no server starts with them: the job says why, with its console’s last line', async () => {
    const hidden: string[] = []
    const where = await open({ host: { revisionTrial: { arguments: hidden } } })
    const server = await running(where, 'Keeps running', never)
    offer('2.2.4.4', '10097002')
    hidden.push('-simulate-crash', 'segfault', '-simulate-crash-after-ms', '0')
    const failed = await update(where)
    expect(failed).toMatchObject({
      state: 'failed',
      error: {
        message: expect.stringMatching(/No server starts with the new game files.*It last printed “/),
        remedy: expect.stringContaining('Servers keep the files that they have'),
      },
    })
    expect(await installation(where)).toMatchObject({
      state: 'ready',
      version: '2.2.4.3',
      revision: 1,
      revisions: [{ revision: 1 }],
    })
    expect(await where.server(where.admin, server.id)).toMatchObject({ state: 'running', pid: server.pid })
    const { items } = (await where.admin.get<{ items: unknown[] }>('/api/v1/host/instances')).body
    expect(items).toHaveLength(1)
    // When it works, the same download becomes the revision.
    hidden.length = 0
    expect(await update(where)).toMatchObject({ state: 'succeeded' })
    expect(await installation(where)).toMatchObject({ version: '2.2.4.4', revision: 2 })
  })

  test.each([
    ['Steam can’t be reached', 'no-connection'],
    ['the disk is full', 'state-0x202'],
    ['steamcmd says nothing any more', 'hang'],
  ])('stay as they are when %s in the middle of an update', async (_, failure) => {
    const timings = { inactivityMs: 100_000, retryScale: 0.001 }
    const where = await open({ host: { installationTimings: timings } })
    const server = await running(where, 'Keeps running', never)
    const before = await installation(where)
    offer(
      '2.2.4.4',
      '10097002',
      failure === 'hang' ? '-simulate-hang-at downloading' : `-simulate-failure ${failure}`,
    )
    const patience = async (inactivityMs: number) => {
      timings.inactivityMs = inactivityMs
      await where.stop()
      await where.start()
    }
    // What works may be silent for longer while the machine is busy.
    if (failure === 'hang') await patience(1500)
    const job = await update(where)
    expect(job).toMatchObject({ state: 'failed', error: { remedy: expect.stringMatching(/\S/) } })
    expect(await installation(where)).toMatchObject({
      state: 'ready',
      revision: 1,
      version: before.version,
      revisions: before.revisions,
    })
    expect((await where.server(where.admin, server.id)).pid).toBe(server.pid)
    expect((await where.done(where.admin, `/api/v1/servers/${server.id}/restart`)).error).toBeNull()
    offer('2.2.4.4', '10097002')
    if (failure === 'hang') await patience(100_000)
    expect(await update(where)).toMatchObject({ state: 'succeeded' })
  })

  test('reach a server when nobody has played on it for a while, and none that people play on', async () => {
    const where = await open()
    const empty = await running(where, 'Empty', whenEmpty)
    const busy = await running(where, 'Busy', { ...whenEmpty, arguments: ['-simulate-players', '3'] })
    await where.until('people play', async () => (await where.server(where.admin, busy.id)).players > 0)
    const stays = await running(where, 'Stays', never)
    offer('2.2.4.4', '10097002')
    await update(where)
    await where.until('the empty one has changed', () => changed(where, empty))
    const { items } = (await where.admin.get<{ items: Job[] }>('/api/v1/jobs')).body
    expect(
      items.filter(({ kind }) => kind === 'installation-switch').map(({ serverId }) => serverId),
    ).toEqual([empty.id])
    expect((await where.server(where.admin, busy.id)).pid).toBe(busy.pid)
    expect((await where.server(where.admin, stays.id)).pid).toBe(stays.pid)
    expect((await installation(where)).pendingServers).toMatchObject([
      { id: busy.id, waitsFor: 'nobody to play' },
      { id: stays.id, waitsFor: 'a start by hand' },
    ])
    // The last one leaves, and nobody comes.
    await where.admin.send('POST', `/api/v1/servers/${busy.id}/console`, { command: 'simulate players 0' })
    await where.admin.send('POST', `/api/v1/servers/${busy.id}/console`, { command: 'simulate_leave' })
    await where.until('the other one has changed', () => changed(where, busy))
  })

  test('reach a server at its time, also when the web application was restarted meanwhile', async () => {
    let now = Date.parse('2026-05-01T03:00:00Z')
    const where = await open({ domain: { installation: { pace: quick, now: () => now } } })
    const policy = { updatePolicy: { mode: 'at-time', time: '04:30' } }
    const server = await running(where, 'Nightly', policy)
    offer('2.2.4.4', '10097002')
    await update(where)
    const waiting = { id: server.id, waitsFor: '04:30 UTC, if nobody plays then' }
    expect((await installation(where)).pendingServers).toMatchObject([waiting])
    await where.stop()
    await where.start()
    expect((await installation(where)).pendingServers).toMatchObject([waiting])
    expect((await where.server(where.admin, server.id)).pid).toBe(server.pid)
    now = Date.parse('2026-05-01T04:30:05Z')
    await where.until('it has changed', () => changed(where, server))
  })

  test('aren’t tried again and again on a server that fails with them', async () => {
    const where = await open({ domain: { readyDeadline: 30_000 } })
    const server = await running(where, 'Fails', whenEmpty)
    // Boots longer than it is waited for, from its next start on.
    await where.admin.send('PATCH', `/api/v1/servers/${server.id}`, {
      arguments: ['-simulate-boot-ms', '600000'],
    })
    offer('2.2.4.4', '10097002')
    await update(where)
    const failed = await where.until('its restart has failed', async () => {
      const { items } = (await where.admin.get<{ items: Job[] }>(`/api/v1/jobs?serverId=${server.id}`)).body
      return items.find(({ kind, state }) => kind === 'installation-switch' && state === 'failed') ?? null
    })
    expect(failed.error).toMatchObject({ code: 'never-ready' })
    expect(await where.server(where.admin, server.id)).toMatchObject({ state: 'failed' })
    // It comes back with the old files, and isn't restarted by itself with those that it failed with.
    await where.done(where.admin, '/api/v1/installation/rollback', 'POST', { revision: 1 })
    await where.admin.send('PATCH', `/api/v1/servers/${server.id}`, {
      arguments: ['-simulate-boot-ms', '0', '-simulate-players', '0'],
    })
    await where.done(where.admin, `/api/v1/servers/${server.id}/start`)
    await where.done(where.admin, '/api/v1/installation/rollback', 'POST', { revision: 2 })
    expect((await installation(where)).pendingServers).toMatchObject([
      { id: server.id, waitsFor: expect.stringContaining('failed') },
    ])
  })

  test('are known to be out of date from Steam, and from what a server’s console says', async () => {
    await using api = await startSimulatedWebApi({ 'required-version': 2244 })
    const where = await open({
      steamWebApiUrl: api.origin,
      domain: { installation: { pace: quick, detectionInterval: 100 } },
    })
    const steam = await where.until(
      'Steam has said so',
      async () => (await installation(where)).updateAvailable,
    )
    expect(steam).toMatchObject({ version: '2.2.4.4', source: 'steam' })
    offer('2.2.4.4', '10097002')
    await update(where)
    expect((await installation(where)).updateAvailable).toBeNull()
    api.switches['required-version'] = 2244
    const server = await running(where, 'Says so', {
      ...never,
      arguments: ['-simulate-update-after-ms', '1'],
    })
    const said = await where.until(
      'its console has said so',
      async () => (await installation(where)).updateAvailable,
    )
    expect(said).toMatchObject({ version: null, source: 'console' })
    expect(server.id).toBeGreaterThan(0)
  })
})
