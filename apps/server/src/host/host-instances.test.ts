import { setTimeout as delay } from 'node:timers/promises'
import type { HostInstance, HostStatus, Job, List, Server, ServerUsage } from '@left4me/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'

describeWith(['overlayfs'], 'what runs on the host', () => {
  let bed: ProductBed
  let owner: Person
  let server: Server
  beforeAll(async () => {
    bed = await ProductBed.open()
    await bed.install()
    owner = await bed.addPerson('zoey')
    server = await bed.newServer(owner, 'Known')
    expect((await bed.done(owner, `/api/v1/servers/${server.id}/start`)).state).toBe('succeeded')
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const instances = async () => (await bed.admin.get<List<HostInstance>>('/api/v1/host/instances')).body.items
  /** What a server leaves that was deleted from the database, or that a backup of it doesn't know. */
  const startUnknown = (instanceId: number) =>
    bed.host.start({
      instanceId,
      port: bed.config.portRange.end,
      arguments: ['-simulate-boot-ms', '0', '-simulate-players', '0'],
      layers: [],
    })

  test('is listed with its server, and with what it uses', async () => {
    expect((await instances()).filter(({ serverId }) => serverId !== null)).toMatchObject([
      {
        id: server.id,
        name: `instances/${server.id}`,
        serverId: server.id,
        serverName: 'Known',
        phase: 'running',
        pid: expect.any(Number),
        usage: { memory: { limit: null }, processes: { count: expect.any(Number) } },
      },
    ])
  })

  test('that no server is known for is shown, and can be stopped', async () => {
    await startUnknown(900)
    await bed.host.setStartAtBoot(900, true)
    const found = await bed.until('it is shown', async () =>
      (await instances()).find(instance => instance.serverId === null),
    )
    expect(found).toMatchObject({ id: 900, serverName: null, phase: 'running' })
    const job = await bed.done(bed.admin, '/api/v1/host/instances/900/stop')
    expect(job).toMatchObject({ kind: 'instance-stop', state: 'succeeded', title: 'Stop instances/900' })
    expect((await instances()).map(({ id }) => id)).not.toContain(900)
    expect(await bed.host.status(900)).toMatchObject({ phase: 'stopped', pid: null, startAtBoot: false })
    expect(await bed.admin.refused('POST', '/api/v1/host/instances/900/stop')).toMatchObject({
      code: 'not-found',
    })
  })

  test('is stopped once, however many press at the same time', async () => {
    await startUnknown(901)
    const pressed = await Promise.all(
      Array.from({ length: 3 }, () =>
        bed.admin.send<{ job: Job }>('POST', '/api/v1/host/instances/901/stop'),
      ),
    )
    for (const { body } of pressed.filter(({ status }) => status === 202))
      expect((await bed.ended(bed.admin, body.job.id)).state).toBe('succeeded')
    expect(await bed.host.status(901)).toMatchObject({ phase: 'stopped' })
  })

  test('that is a server is stopped on its own page only', async () => {
    const refused = await bed.admin.refused('POST', `/api/v1/host/instances/${server.id}/stop`)
    expect(refused).toMatchObject({ code: 'action-not-allowed' })
    expect(refused.detail).toContain('“Known”')
  })

  test('tells its owner what a server uses, and metrics tell it too', async () => {
    const read = async () =>
      (await owner.get<{ usage: ServerUsage | null }>(`/api/v1/servers/${server.id}/usage`)).body.usage
    const first = await read()
    expect(first?.memory.used).toBeGreaterThan(1_000_000)
    const later = await bed.until('rates are known', async () => {
      await delay(500)
      const now = await read()
      return now?.cpu != null && now
    })
    expect(later.cpu).toBeGreaterThanOrEqual(0)
    const metrics = await bed.admin.text('/metrics')
    expect(metrics).toMatch(
      new RegExp(
        `^left4me_server_memory_bytes\\{server="${server.id}",name="Known",kind="used"\\} \\d+`,
        'm',
      ),
    )
  })

  test('tells nothing of what a stopped server uses', async () => {
    const stopped = await bed.newServer(owner, 'Stopped')
    expect((await owner.get(`/api/v1/servers/${stopped.id}/usage`)).body).toEqual({ usage: null })
  })

  test('stands on a machine whose cores nobody has divided', async () => {
    expect((await owner.get<HostStatus>('/api/v1/host')).body).toMatchObject({
      driver: 'process',
      pinning: null,
    })
  })
})
