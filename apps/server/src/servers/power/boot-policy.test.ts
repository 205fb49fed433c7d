import { once } from 'node:events'
import { createServer } from 'node:net'
import type { List, Server } from '@left4me/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../../testing/product-bed.ts'

describeWith(['overlayfs'], 'start at boot', () => {
  let bed: ProductBed
  let owner: Person
  beforeAll(async () => {
    bed = await ProductBed.open()
    await bed.install()
    owner = await bed.addPerson('zoey')
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const onHost = async (server: Server) => (await bed.host.status(server.id)).startAtBoot
  const act = (server: Server, action: string) => bed.done(owner, `/api/v1/servers/${server.id}/${action}`)
  const change = (server: Server, startAtBoot: boolean) =>
    owner.send<Server>('PATCH', `/api/v1/servers/${server.id}`, { startAtBoot })

  test('is on for a server that somebody started, and off for one that somebody stopped', async () => {
    const server = await bed.newServer(owner, 'Comes back')
    expect(server.startAtBoot).toBe(true)
    expect(await onHost(server)).toBe(false)
    expect((await act(server, 'start')).state).toBe('succeeded')
    expect(await onHost(server)).toBe(true)
    expect((await act(server, 'restart')).state).toBe('succeeded')
    expect(await onHost(server)).toBe(true)
    expect((await act(server, 'stop')).state).toBe('succeeded')
    expect(await onHost(server)).toBe(false)
    expect(await bed.server(owner, server.id)).toMatchObject({ startAtBoot: true })
  })

  test('follows the setting at once, also while the server runs', async () => {
    const server = await bed.newServer(owner, 'Chooses', { startAtBoot: false })
    expect(server.startAtBoot).toBe(false)
    await act(server, 'start')
    expect(await onHost(server)).toBe(false)
    expect((await change(server, true)).body).toMatchObject({ startAtBoot: true, restartNeeded: false })
    await bed.until('the host knows', () => onHost(server))
    await change(server, false)
    await bed.until('the host knows', async () => !(await onHost(server)))
    await act(server, 'stop')
  })

  test('stays on for a server that failed by itself', async () => {
    await using impatient = await ProductBed.open({ domain: { readyDeadline: 1000 } })
    await impatient.install()
    const { admin } = impatient
    const server = await impatient.newServer(admin, 'Falls', { arguments: ['-simulate-never-ready'] })
    const path = `/api/v1/servers/${server.id}`
    expect(await impatient.done(admin, `${path}/start`)).toMatchObject({ error: { code: 'never-ready' } })
    const { items } = (await admin.get<List<Server>>('/api/v1/servers')).body
    expect(items.find(({ id }) => id === server.id)).toMatchObject({ state: 'failed' })
    expect((await impatient.host.status(server.id)).startAtBoot).toBe(true)
    await impatient.done(admin, `${path}/stop`)
    expect((await impatient.host.status(server.id)).startAtBoot).toBe(false)
  })

  test('is on for a server whose start was refused, too: somebody asked for it', async () => {
    const server = await bed.newServer(owner, 'Refused')
    await act(server, 'start')
    await act(server, 'stop')
    const holder = createServer().listen(server.port, '127.0.0.1')
    await once(holder, 'listening')
    expect((await act(server, 'start')).state).toBe('failed')
    holder.close()
    await bed.until('the host knows', () => onHost(server))
  })

  test('is put right when the host was told otherwise behind the application’s back', async () => {
    const server = await bed.newServer(owner, 'Meddled with')
    await act(server, 'start')
    await bed.host.setStartAtBoot(server.id, false)
    await bed.until('it is on again', () => onHost(server))
    await act(server, 'stop')
    await bed.host.setStartAtBoot(server.id, true)
    await bed.until('it is off again', async () => !(await onHost(server)))
  })

  test('is compared anew when the web application starts', async () => {
    const server = await bed.newServer(owner, 'Outlives')
    await act(server, 'start')
    await bed.stop()
    const host = bed.createHost()
    await host.open()
    await host.setStartAtBoot(server.id, false)
    await host.close()
    await bed.start()
    await bed.until('it is on again', () => onHost(server))
    await act(server, 'stop')
  })

  test('is copied to a clone', async () => {
    const server = await bed.newServer(owner, 'Original', { startAtBoot: false })
    const job = await bed.done(owner, `/api/v1/servers/${server.id}/clone`, 'POST', { name: 'Copy' })
    expect(await bed.server(owner, job.serverId ?? 0)).toMatchObject({ name: 'Copy', startAtBoot: false })
  })
})
