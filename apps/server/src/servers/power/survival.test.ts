import { readFileSync } from 'node:fs'
import type { Installation, Job, Server } from '@left4me/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeWith } from '../../../../../tools/test-support/capability.ts'
import { ProductBed } from '../../testing/product-bed.ts'

/** The web application as a process of its own, killed at the worst moments. */
describeWith(['overlayfs'], 'after kill -9 of the web application', () => {
  let bed: ProductBed
  beforeEach(async () => {
    bed = await ProductBed.open()
  })
  afterEach(() => bed[Symbol.asyncDispose]())

  const show = (server: Server) => bed.server(bed.admin, server.id)
  const press = async (server: Server, action: string) =>
    (await bed.admin.send<{ job: Job }>('POST', `/api/v1/servers/${server.id}/${action}`)).body.job
  const alive = (pid: number | null) => {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
    } catch {
      return false
    }
  }
  const logOf = async (server: Server) =>
    (
      await bed.admin.get<{ items: { sequence: number; text: string }[] }>(
        `/api/v1/servers/${server.id}/logs?lines=5000`,
      )
    ).body.items
  /** Installed and with servers, run from now on by a process that can be killed. */
  async function apart(...names: string[]): Promise<Server[]> {
    await bed.install()
    const servers: Server[] = []
    for (const name of names) servers.push(await bed.newServer(bed.admin, name))
    await bed.stop()
    await bed.startApart()
    return servers
  }
  const patch = (server: Server, ...more: string[]) =>
    bed.admin.send('PATCH', `/api/v1/servers/${server.id}`, { arguments: [...server.arguments, ...more] })

  test('servers go on, are found again with the same pids, their logs continue, and stop works', async () => {
    const servers = await apart('One', 'Two', 'Three')
    for (const server of servers) {
      await patch(server, '-simulate-lines-per-second', '10')
      expect((await bed.done(bed.admin, `/api/v1/servers/${server.id}/start`)).error).toBeNull()
    }
    const before = await Promise.all(servers.map(show))
    const lastLine = (await logOf(servers[0] as Server)).at(-1)?.sequence ?? 0
    await bed.killApart()
    for (const { pid } of before) expect(alive(pid)).toBe(true)
    await bed.startApart()
    const after = await Promise.all(servers.map(show))
    expect(after.map(({ state, pid }) => ({ state, pid }))).toEqual(
      before.map(({ pid }) => ({ state: 'running', pid })),
    )
    await bed.until('lines go on', async () => {
      const lines = await logOf(servers[0] as Server)
      return (lines.at(-1)?.sequence ?? 0) > lastLine + 5
    })
    const sequences = (await logOf(servers[0] as Server)).map(line => line.sequence)
    expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index))
    for (const [index, server] of servers.entries()) {
      expect((await bed.done(bed.admin, `/api/v1/servers/${server.id}/stop`)).error).toBeNull()
      expect(alive(before[index]?.pid ?? 0)).toBe(false)
    }
  })

  test('in the middle of a start, the job goes on and the server is started once', async () => {
    const [server] = (await apart('Starts')) as [Server]
    await patch(server, '-simulate-boot-ms', '2500')
    const job = await press(server, 'start')
    const { pid } = await bed.until('the process runs', async () => {
      const now = await show(server)
      return now.pid !== null && now
    })
    await bed.killApart()
    await bed.startApart()
    // It is no longer known to be ready merely because it was found running.
    expect(['starting', 'running']).toContain((await show(server)).state)
    expect(await bed.ended(bed.admin, job.id)).toMatchObject({ state: 'succeeded' })
    expect(await show(server)).toMatchObject({ state: 'running', pid, restarts: 0 })
    const starts = await bed.until('its log has the start', async () => {
      const found = (await logOf(server)).filter(line => line.text.startsWith('Host_NewGame on map'))
      return found.length > 0 && found
    })
    expect(starts).toHaveLength(1)
  })

  test('in the middle of a stop, the job goes on and the server ends', async () => {
    const [server] = (await apart('Stops')) as [Server]
    await patch(server, '-simulate-exit-ms', '1500')
    await bed.done(bed.admin, `/api/v1/servers/${server.id}/start`)
    const { pid } = await show(server)
    const job = await press(server, 'stop')
    await bed.until('it is being stopped', async () => {
      const now = await bed.admin.get<Job>(`/api/v1/jobs/${job.id}`)
      return now.body.state === 'running'
    })
    await bed.killApart()
    await bed.startApart()
    expect(await bed.ended(bed.admin, job.id)).toMatchObject({ state: 'succeeded' })
    expect(await show(server)).toMatchObject({ state: 'stopped', pid: null })
    expect(alive(pid)).toBe(false)
  })

  test('in the middle of an installation, the job goes on and the game is complete', async () => {
    await bed.stop()
    await bed.startApart()
    const { job } = (await bed.admin.send<{ job: Job }>('POST', '/api/v1/installation/update')).body
    await bed.until('it downloads', async () => {
      const now = await bed.admin.get<Job>(`/api/v1/jobs/${job.id}`)
      return now.body.progress > 0.05
    })
    await bed.killApart()
    await bed.startApart()
    expect(await bed.ended(bed.admin, job.id)).toMatchObject({ state: 'succeeded', error: null })
    const { body } = await bed.admin.get<Installation>('/api/v1/installation')
    expect(body).toMatchObject({ state: 'ready', jobId: null })
    const server = await bed.newServer(bed.admin, 'Complete')
    expect((await bed.done(bed.admin, `/api/v1/servers/${server.id}/start`)).error).toBeNull()
  })

  test('a server that crashes meanwhile comes back by itself and is found', async () => {
    const [server] = (await apart('Falls')) as [Server]
    expect((await bed.done(bed.admin, `/api/v1/servers/${server.id}/start`)).error).toBeNull()
    const { pid } = await show(server)
    await bed.killApart()
    // NaN is refused; 0 would be this process.
    process.kill(pid ?? Number.NaN, 'SIGKILL')
    await bed.until('it is gone', () => !alive(pid))
    await bed.startApart()
    const back = await bed.until('it runs again', async () => {
      const now = await show(server)
      return now.state === 'running' && now.restarts === 1 && now
    })
    expect(back.pid).not.toBe(pid)
  })

  test('why the last start failed is still known', async () => {
    const [server] = (await apart('Fails')) as [Server]
    await patch(server, '-simulate-libraries-missing')
    const job = await bed.done(bed.admin, `/api/v1/servers/${server.id}/start`)
    expect(job.state).toBe('failed')
    await bed.killApart()
    await bed.startApart()
    expect(await show(server)).toMatchObject({ state: 'failed', stateReason: job.error })
  })
})
