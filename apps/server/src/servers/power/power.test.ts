import { createServer } from 'node:net'
import type { Job, List, Server, StateReason } from '@left4me/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../../testing/product-bed.ts'

describeWith(['overlayfs'], 'power', () => {
  let bed: ProductBed
  let owner: Person
  beforeAll(async () => {
    bed = await ProductBed.open()
    await bed.install()
    owner = await bed.addPerson('zoey')
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const start = (server: Server) => bed.done(owner, `/api/v1/servers/${server.id}/start`)
  const stop = (server: Server) => bed.done(owner, `/api/v1/servers/${server.id}/stop`)
  const press = (server: Server, action: string) =>
    owner.send<{ job: Job; code: string; detail: string }>('POST', `/api/v1/servers/${server.id}/${action}`)
  const misbehaving = (name: string, ...switches: string[]) =>
    bed.newServer(owner, name, { arguments: switches })
  const jobsOf = async (server: Server) =>
    (await owner.get<List<Job>>(`/api/v1/jobs?serverId=${server.id}`)).body.items

  /** The server is down, has no process left, and says why; its job says the same. */
  async function expectFailed(server: Server, job: Job, code: string, where = bed): Promise<StateReason> {
    expect(job).toMatchObject({ state: 'failed', error: { code } })
    const now = await where.until('it is shown as failed', async () => {
      const shown = await where.server(where.admin, server.id)
      return shown.state === 'failed' && shown
    })
    expect(now).toMatchObject({ pid: null, stateReason: job.error })
    expect(await where.host.status(server.id)).toMatchObject({ phase: 'stopped', pid: null })
    expect(now.stateReason?.remedy).toBeTruthy()
    return now.stateReason ?? { code: '', message: '', remedy: null }
  }

  test('a second start while it starts is refused with the reason of the table, and so is what else is not allowed', async () => {
    const server = await misbehaving('Busy', '-simulate-boot-ms', '600000')
    const first = await press(server, 'start')
    expect(first.status).toBe(202)
    const second = await press(server, 'start')
    expect(second).toMatchObject({
      status: 409,
      body: { code: 'action-not-allowed', detail: 'The server is already starting.' },
    })
    expect((await press(server, 'reset')).body.detail).toBe('Stop the server before you reset it.')
    await stop(server)
    expect((await bed.ended(owner, first.body.job.id)).state).toBe('cancelled')
    await owner.send('PATCH', `/api/v1/servers/${server.id}`, {
      arguments: ['-simulate-boot-ms', '0', '-simulate-players', '0'],
    })
    expect((await start(server)).state).toBe('succeeded')
    expect((await press(server, 'start')).body.detail).toBe('The server is already running.')
    const refused = await owner.refused('DELETE', `/api/v1/servers/${server.id}`)
    expect(refused.detail).toBe('Stop the server before you delete it.')
    await stop(server)
    expect((await press(server, 'stop')).body.detail).toBe('The server is already stopped.')
    expect((await jobsOf(server)).map(job => job.kind)).toEqual([
      'server-stop',
      'server-start',
      'server-stop',
      'server-start',
    ])
  })

  test('people who press start and stop at the same moment get one order of things', async () => {
    const server = await misbehaving('Contested')
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(
        ['start', 'stop', 'start', 'stop'].map(action => press(server, action)),
      )
      const jobs = answers
        .filter(answer => answer.status === 202)
        .map(answer => answer.body.job)
        .toSorted((a, b) => a.id - b.id)
      // Of two starts one at most is taken unless a stop is between them, and a stop after it stops it.
      const kinds = jobs.map(job => job.kind)
      expect(kinds[0]).toBe('server-start')
      expect(kinds.join(' ')).not.toContain('server-start server-start')
      const last = jobs.at(-1)
      const ended = await Promise.all(jobs.map(job => bed.ended(owner, job.id)))
      const wanted = last?.kind === 'server-stop' ? 'stopped' : 'running'
      expect((await bed.host.status(server.id)).phase).toBe(wanted)
      await bed.until(`it is ${wanted}`, async () => (await bed.server(owner, server.id)).state === wanted)
      expect(ended.map(job => job.state)).not.toContain('failed')
      if (wanted === 'running') await stop(server)
    }
  })

  test('a stop does not wait for a start that takes long: it cancels it', async () => {
    const server = await misbehaving('Slow', '-simulate-boot-ms', '60000')
    const started = await press(server, 'start')
    await bed.until('the process runs', async () => (await bed.host.status(server.id)).phase === 'running')
    const stopped = await press(server, 'stop')
    expect(stopped.status).toBe(202)
    expect((await bed.server(owner, server.id)).state).toBe('stopping')
    expect((await bed.ended(owner, stopped.body.job.id)).state).toBe('succeeded')
    expect((await bed.ended(owner, started.body.job.id)).state).toBe('cancelled')
    expect(await bed.server(owner, server.id)).toMatchObject({ state: 'stopped', stateReason: null })
    expect(await bed.host.status(server.id)).toMatchObject({ phase: 'stopped', pid: null })
  })

  test('a cancelled start stops the server again', async () => {
    const server = await misbehaving('Cancelled', '-simulate-boot-ms', '60000')
    const { job } = (await press(server, 'start')).body
    await bed.until('the process runs', async () => (await bed.host.status(server.id)).phase === 'running')
    await owner.send('POST', `/api/v1/jobs/${job.id}/cancel`)
    expect((await bed.ended(owner, job.id)).state).toBe('cancelled')
    expect(await bed.host.status(server.id)).toMatchObject({ phase: 'stopped', pid: null })
    expect(await bed.server(owner, server.id)).toMatchObject({ state: 'stopped', stateReason: null })
  })

  test('a server that never becomes ready is stopped again, with what its console said last', async () => {
    await using impatient = await ProductBed.open({ domain: { readyDeadline: 20_000 } })
    await impatient.install()
    const { admin } = impatient
    const server = await impatient.newServer(admin, 'Mute', { arguments: ['-simulate-never-ready'] })
    const job = await impatient.done(admin, `/api/v1/servers/${server.id}/start`)
    const reason = await expectFailed(server, job, 'never-ready', impatient)
    expect(reason.message).toContain('without answering')
    expect(reason.message).toContain('It last printed “')
    await impatient.done(admin, `/api/v1/servers/${server.id}/stop`)
    expect(await impatient.server(admin, server.id)).toMatchObject({ state: 'stopped', stateReason: null })
  })

  test.each([
    ['segfault', '-simulate-crash', 'segfault'],
    ['exit code 0', '-simulate-crash', 'exit'],
    ['a bad addon', '-simulate-crash', 'bad-vpk'],
  ])('a crash during the start (%s) fails it at once', async (name, ...crash) => {
    const server = await misbehaving(
      `Crash ${name}`,
      ...crash,
      '-simulate-crash-after-ms',
      '50',
      '-simulate-boot-ms',
      '60000',
    )
    const reason = await expectFailed(server, await start(server), 'crashed')
    expect(reason.message).toContain('while it was starting')
    await new Promise(resolve => setTimeout(resolve, 400))
    expect(await bed.host.status(server.id)).toMatchObject({ phase: 'stopped', pid: null })
  })

  test('a missing library is told with its remedy', async () => {
    const server = await misbehaving('No libraries', '-simulate-libraries-missing')
    const reason = await expectFailed(server, await start(server), 'crashed')
    expect(reason.remedy).toContain('lib32')
  })

  test('a port that something else holds at the start is named with its holder', async () => {
    const server = await misbehaving('Held')
    const holder = createServer()
    await new Promise<void>(resolve => holder.listen(server.port, '127.0.0.1', resolve))
    try {
      const reason = await expectFailed(server, await start(server), 'port-held')
      expect(reason.message).toContain(`Port ${server.port} is held by`)
      expect(reason.message).toContain(`(pid ${process.pid})`)
    } finally {
      await new Promise(resolve => holder.close(resolve))
    }
    expect((await start(server)).state).toBe('succeeded')
    await stop(server)
  })

  test('the engine’s own word that its port is taken is understood too', async () => {
    const server = await misbehaving('Lost the race', '-simulate-port-taken')
    const reason = await expectFailed(server, await start(server), 'port-held')
    expect(reason.remedy).toContain('another port')
  })

  /** As a plugin would do it: behind our back, after server.cfg was read. */
  async function changePasswordBehindOurBack(server: Server): Promise<void> {
    const config = `rcon_password "${'z'.repeat(32)}"\n`
    await bed.host.files(server.id).replace('left4dead2/cfg/behind.cfg', config)
    await owner.send('POST', `/api/v1/servers/${server.id}/console`, { command: 'exec behind.cfg' })
  }

  test.each([
    ['is banned', ['-simulate-rcon-banned'], 'console-banned'],
    ['has another password', [], 'console-refused'],
  ])('a server whose RCON %s runs, and shows why nobody can talk to it', async (name, switches, code) => {
    const server = await misbehaving(`RCON ${name}`, ...switches)
    expect((await start(server)).state).toBe('succeeded')
    if (switches.length === 0) await changePasswordBehindOurBack(server)
    const shown = await bed.until('it shows why', async () => {
      const now = await bed.server(owner, server.id)
      return now.stateReason?.code === code && now.map !== null && now
    })
    expect(shown).toMatchObject({ state: 'running', players: 0, map: 'c1m1_hotel' })
    const refused = await owner.refused('POST', `/api/v1/servers/${server.id}/console`, { command: 'status' })
    expect(refused).toMatchObject({ code: 'console-failed' })
    // Signals end it, since it can't be asked to.
    expect((await stop(server)).state).toBe('succeeded')
  })

  test('a refused RCON password is never tried a second time', async () => {
    const server = await misbehaving('Once')
    await start(server)
    await bed.host
      .files(server.id)
      .replace('left4dead2/cfg/behind.cfg', `rcon_password "${'y'.repeat(32)}"\n`)
    await owner.send('POST', `/api/v1/servers/${server.id}/console`, { command: 'exec behind.cfg' })
    await bed.until(
      'it was refused',
      async () => (await bed.server(owner, server.id)).stateReason?.code === 'console-refused',
    )
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await owner.refused('POST', `/api/v1/servers/${server.id}/console`, { command: 'status' })
    }
    const refusals = async () =>
      (await bed.host.logTail(server.id, 500)).filter(line => line.text.includes('Bad Password'))
    await bed.until('its log has it', async () => (await refusals()).length > 0)
    await new Promise(resolve => setTimeout(resolve, 1500))
    expect(await refusals()).toHaveLength(1)
    await stop(server)
  })

  async function crash(where: ProductBed, server: Server): Promise<void> {
    const { pid } = await where.server(where.admin, server.id)
    // NaN is refused; 0 would be this process.
    process.kill(pid ?? Number.NaN, 'SIGSEGV')
  }

  test('a crash of a running server shows when it restarts', async () => {
    const timings = { restartDelay: 600_000, restartDelayLimit: 600_000, idleExit: 50 }
    await using slow = await ProductBed.open({ host: { timings } })
    await slow.install()
    const server = await slow.newServer(slow.admin, 'Falls')
    expect((await slow.done(slow.admin, `/api/v1/servers/${server.id}/start`)).error).toBeNull()
    await crash(slow, server)
    const fallen = await slow.until('it waits for its restart', async () => {
      const now = await slow.server(slow.admin, server.id)
      return now.stateReason?.code === 'crashed' && now
    })
    expect(fallen).toMatchObject({ state: 'starting', pid: null })
    expect(fallen.stateReason?.message).toMatch(/It restarts in \d+ s\.$/)
  })

  test('a running server that crashed comes back', async () => {
    const server = await misbehaving('Falls')
    expect((await start(server)).error).toBeNull()
    await crash(bed, server)
    await bed.until('it runs again', async () => {
      const now = await bed.server(owner, server.id)
      return now.state === 'running' && now.restarts === 1
    })
    await stop(server)
  })

  test('an overlay without a revision, or gone, fails the start and names it', async () => {
    const { body: overlay } = await owner.send<{ id: number }>('POST', '/api/v1/overlays', {
      name: 'Never built',
      kind: 'upload',
    })
    const server = await bed.newServer(owner, 'Lacks', { overlayIds: [overlay.id] })
    const job = await start(server)
    expect(job).toMatchObject({ state: 'failed', error: { code: 'unknown-overlay' } })
    expect(job.error?.message).toContain('“Never built” has never been built. Build it')
    expect(await bed.host.status(server.id)).toMatchObject({ phase: 'stopped', pid: null })
  })
})
