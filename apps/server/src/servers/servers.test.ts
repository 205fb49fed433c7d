import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { GeneratedConfig, Job, List, Overlay, Server } from '@left4me/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'

describeWith(['overlayfs'], 'servers', () => {
  let bed: ProductBed
  let owner: Person
  let other: Person
  beforeAll(async () => {
    bed = await ProductBed.open()
    await bed.install()
    owner = await bed.addPerson('zoey')
    other = await bed.addPerson('louis')
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const ask = async (server: Server, command: string) =>
    (await owner.send<{ output: string }>('POST', `/api/v1/servers/${server.id}/console`, { command })).body
      .output

  async function overlayWith(name: string, files: Record<string, string>): Promise<number> {
    const { body } = await owner.send<Overlay>('POST', '/api/v1/overlays', { name, kind: 'upload' })
    for (const [path, content] of Object.entries(files)) await owner.upload(body.id, path, content)
    const built = await bed.done(owner, `/api/v1/overlays/${body.id}/build`)
    expect(built.state).toBe('succeeded')
    return body.id
  }

  test('a name alone makes a server that starts, answers, takes a command and stops', async () => {
    const { status, body: server } = await owner.send<Server>('POST', '/api/v1/servers', { name: 'First' })
    expect(status).toBe(201)
    expect(server).toMatchObject({
      name: 'First',
      state: 'stopped',
      pid: null,
      ownerName: 'zoey',
      players: 0,
    })
    const started = await bed.done(owner, `/api/v1/servers/${server.id}/start`)
    expect(started).toMatchObject({ state: 'succeeded', error: null, title: 'Start “First”' })
    const running = await bed.until('its map is known', async () => {
      const now = await bed.server(owner, server.id)
      return now.map !== null && now
    })
    expect(running).toMatchObject({
      state: 'running',
      stateReason: null,
      map: 'c1m1_hotel',
      simulated: true,
      restartNeeded: false,
      address: expect.stringMatching(new RegExp(`:${server.port}$`)),
      connectUrl: `steam://connect/${running.address}`,
    })
    expect(await readFile(`/proc/${running.pid}/cmdline`, 'utf8')).toContain(String(server.port))
    expect(await ask(server, 'hostname')).toContain('First')
    // What it prints comes by another way than its answers, and may come later.
    await bed.until('its log is there', async () => {
      const { body: logs } = await owner.get<{ items: { text: string }[] }>(
        `/api/v1/servers/${server.id}/logs?lines=500`,
      )
      return logs.items.some(line => line.text === 'Executing dedicated server config file')
    })
    expect(await bed.done(owner, `/api/v1/servers/${server.id}/stop`)).toMatchObject({ state: 'succeeded' })
    expect(await bed.server(owner, server.id)).toMatchObject({ state: 'stopped', pid: null, map: null })
  })

  test('many servers made at the same time get different ports, the lowest free ones', async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, index) => bed.newServer(owner, `Race ${index}`)),
    )
    const ports = made.map(server => server.port).sort((a, b) => a - b)
    const taken = (await owner.get<List<Server>>('/api/v1/servers')).body.items.map(server => server.port)
    expect(new Set(ports).size).toBe(8)
    const { start } = bed.config.portRange
    const expected = Array.from({ length: 20 }, (_, index) => start + index).filter(
      port => ports.includes(port) || !taken.includes(port),
    )
    expect(ports).toEqual(expected.slice(0, 8))
    for (const { id } of made) await bed.done(owner, `/api/v1/servers/${id}`, 'DELETE')
  })

  test('a port that another program holds is passed over, and refused with its holder when asked for', async () => {
    const socket = createSocket('udp4')
    const free = await bed.newServer(owner, 'Finds the next port')
    await bed.done(owner, `/api/v1/servers/${free.id}`, 'DELETE')
    socket.bind(free.port, '127.0.0.1')
    await once(socket, 'listening')
    try {
      const problem = await owner.refused('POST', '/api/v1/servers', { name: 'Held', port: free.port })
      expect(problem).toMatchObject({ code: 'port-taken', errors: [{ path: '/port' }] })
      expect(problem.detail).toContain(`(pid ${process.pid})`)
      const next = await bed.newServer(owner, 'Finds the next port')
      expect(next.port).toBe(free.port + 1)
      await bed.done(owner, `/api/v1/servers/${next.id}`, 'DELETE')
    } finally {
      socket.close()
    }
  })

  test('a name is taken for its owner only, and a taken port says who has it to those who may know', async () => {
    const mine = await bed.newServer(owner, 'Twice')
    expect(await owner.refused('POST', '/api/v1/servers', { name: 'Twice' })).toMatchObject({
      code: 'name-taken',
      errors: [{ path: '/name' }],
    })
    const theirs = await bed.newServer(other, 'Twice')
    const mineTaken = await owner.refused('POST', '/api/v1/servers', { name: 'X', port: mine.port })
    expect(mineTaken).toMatchObject({ code: 'port-taken' })
    expect(mineTaken.detail).toContain('“Twice”')
    const hidden = await owner.refused('PATCH', `/api/v1/servers/${mine.id}`, { port: theirs.port })
    expect(hidden.code).toBe('port-taken')
    expect(hidden.detail).not.toContain('Twice')
    expect(await bed.server(owner, mine.id)).toMatchObject({ port: mine.port })
    for (const { id } of [mine, theirs]) await bed.done(bed.admin, `/api/v1/servers/${id}`, 'DELETE')
  })

  test('lists are paged, and hold one’s own servers only', async () => {
    const ids: number[] = []
    for (const name of ['Page 1', 'Page 2', 'Page 3']) ids.push((await bed.newServer(other, name)).id)
    const first = (await other.get<List<Server>>('/api/v1/servers?limit=2')).body
    const rest = (await other.get<List<Server>>(`/api/v1/servers?limit=2&cursor=${first.nextCursor}`)).body
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect(rest).toMatchObject({ items: [{ id: ids[2] }], nextCursor: null })
    const mine = (await owner.get<List<Server>>('/api/v1/servers')).body.items.map(({ id }) => id)
    for (const id of ids) expect(mine).not.toContain(id)
    const all = (await bed.admin.get<List<Server>>('/api/v1/servers')).body.items
    expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(ids))
    expect(all.find(({ id }) => id === ids[0])).toEqual(await bed.server(other, ids[0] ?? 0))
    for (const id of ids) await bed.done(other, `/api/v1/servers/${id}`, 'DELETE')
  })

  test('overlays, blueprint and server come together in the order that is documented', async () => {
    const low = await overlayWith('Low', {
      'left4dead2/cfg/server.cfg': 'sv_tags low\nsv_contact low\nsv_region 1\nsv_search_key low\n',
      'left4dead2/mark.txt': 'low',
    })
    const high = await overlayWith('High', {
      'left4dead2/cfg/server.cfg': 'sv_contact high\nsv_search_key high\n',
      'left4dead2/mark.txt': 'high',
    })
    const { body: blueprint } = await owner.send<{ id: number }>('POST', '/api/v1/blueprints', {
      name: 'Layers',
      overlayIds: [low],
      arguments: ['+map', 'c2m1_highway', '-maxplayers', '6'],
      config: ['sv_region 2', 'sv_search_key blueprint'],
    })
    const server = await bed.newServer(owner, 'Layered', {
      blueprintId: blueprint.id,
      overlayIds: [high],
      arguments: ['+map', 'c5m1_waterfront'],
      config: ['sv_search_key server'],
    })
    const { body: generated } = await owner.get<GeneratedConfig>(
      `/api/v1/servers/${server.id}/generated-config`,
    )
    expect(generated.lines.filter(line => line.source !== 'platform')).toEqual([
      { text: `exec server_${low}.cfg`, source: 'overlay' },
      { text: `exec server_${high}.cfg`, source: 'overlay' },
      { text: 'sv_region 2', source: 'blueprint' },
      { text: 'sv_search_key blueprint', source: 'blueprint' },
      { text: 'sv_search_key server', source: 'server' },
    ])
    expect((await bed.done(owner, `/api/v1/servers/${server.id}/start`)).error).toBeNull()
    const values = await Promise.all(
      ['sv_tags', 'sv_contact', 'sv_region', 'sv_search_key'].map(name => ask(server, name)),
    )
    expect(values.map(text => /= "(.*?)"/.exec(text)?.[1])).toEqual(['low', 'high', '2', 'server'])
    const known = await bed.until('its map is known', async () => {
      const now = await bed.server(owner, server.id)
      return now.map !== null && now
    })
    expect(known).toMatchObject({ maxPlayers: 6, map: 'c5m1_waterfront' })
    const pid = (await bed.server(owner, server.id)).pid
    expect(await readFile(bed.upper(server.id, `left4dead2/cfg/server_${high}.cfg`), 'utf8')).toContain(
      'high',
    )
    const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '')
    expect(mounts).toMatch(/ - overlay /)

    const inUse = await owner.refused('DELETE', `/api/v1/overlays/${low}`)
    expect(inUse).toMatchObject({ code: 'in-use' })
    expect(inUse.detail).toContain('the blueprint “Layers”')
    expect((await owner.refused('DELETE', `/api/v1/overlays/${high}`)).detail).toContain(
      'the server “Layered”',
    )
    expect((await owner.refused('DELETE', `/api/v1/blueprints/${blueprint.id}`)).detail).toContain(
      '“Layered”',
    )

    await owner.send('PATCH', `/api/v1/servers/${server.id}`, { overlayIds: [] })
    const mounted = await owner.refused('DELETE', `/api/v1/overlays/${high}`)
    expect(mounted.detail).toContain('still mounted by the running server “Layered”')
    await bed.done(owner, `/api/v1/servers/${server.id}/restart`)
    await expect(readFile(bed.upper(server.id, `left4dead2/cfg/server_${high}.cfg`))).rejects.toThrow(
      /ENOENT/,
    )
    expect((await owner.send('DELETE', `/api/v1/overlays/${high}`)).status).toBe(204)
    await bed.done(owner, `/api/v1/servers/${server.id}/stop`)
  })

  test('a change of a running server is noticed and takes effect at its next start', async () => {
    const overlay = await overlayWith('Changing', { 'left4dead2/a.txt': '1' })
    const { body: blueprint } = await owner.send<{ id: number }>('POST', '/api/v1/blueprints', {
      name: 'Changing',
      overlayIds: [overlay],
    })
    const server = await bed.newServer(owner, 'Changing', { blueprintId: blueprint.id })
    const path = `/api/v1/servers/${server.id}`
    await bed.done(owner, `${path}/start`)
    const needed = (wanted: boolean) =>
      bed.until(`restartNeeded is ${wanted}`, async () => {
        const now = await bed.server(owner, server.id)
        return now.restartNeeded === wanted && now
      })
    await needed(false)

    const free = bed.config.portRange.end
    await owner.send('PATCH', path, { name: 'Renamed', port: free })
    expect(await needed(true)).toMatchObject({ name: 'Renamed', port: free, state: 'running' })
    expect((await bed.server(owner, server.id)).address).toContain(`:${server.port}`)
    await owner.send('PATCH', path, { name: 'Changing', port: server.port })
    await needed(false)

    await owner.send('PATCH', `/api/v1/blueprints/${blueprint.id}`, { config: ['sv_region 3'] })
    await needed(true)
    await owner.send('PATCH', `/api/v1/blueprints/${blueprint.id}`, { config: [] })
    await needed(false)

    await owner.upload(overlay, 'left4dead2/b.txt', '2')
    await bed.done(owner, `/api/v1/overlays/${overlay}/build`)
    await needed(true)
    expect((await bed.done(owner, `${path}/restart`)).state).toBe('succeeded')
    await needed(false)
    await bed.done(owner, `${path}/stop`)
  })

  test('a clone has the settings and a copy of the upper; reset empties the upper; deleting leaves nothing', async () => {
    const server = await bed.newServer(owner, 'Original', { config: ['sv_region 4'] })
    await bed.done(owner, `/api/v1/servers/${server.id}/start`)
    await ask(server, 'writeid')
    await bed.done(owner, `/api/v1/servers/${server.id}/stop`)
    const job = await bed.done(owner, `/api/v1/servers/${server.id}/clone`, 'POST', { name: 'Copy' })
    expect(job).toMatchObject({ state: 'succeeded', kind: 'server-clone' })
    const copy = await bed.server(owner, job.serverId ?? 0)
    expect(copy).toMatchObject({ name: 'Copy', config: ['sv_region 4'], arguments: server.arguments })
    expect(copy.port).not.toBe(server.port)
    const banned = 'left4dead2/cfg/banned_user.cfg'
    expect(await readFile(bed.upper(copy.id, banned), 'utf8')).toBe('')
    expect(await owner.refused('POST', `/api/v1/servers/${server.id}/clone`, { name: 'Copy' })).toMatchObject(
      {
        code: 'name-taken',
      },
    )

    await bed.done(owner, `/api/v1/servers/${copy.id}/reset`)
    await expect(readFile(bed.upper(copy.id, banned))).rejects.toThrow(/ENOENT/)
    expect(await readFile(bed.upper(server.id, banned), 'utf8')).toBe('')

    await bed.done(owner, `/api/v1/servers/${copy.id}`, 'DELETE')
    expect((await owner.get(`/api/v1/servers/${copy.id}`)).status).toBe(404)
    await expect(readFile(bed.upper(copy.id, banned))).rejects.toThrow(/ENOENT/)
    expect((await bed.host.list()).map(status => status.instanceId)).not.toContain(copy.id)
  })

  test('the RCON password is in the server’s own file and nowhere else', async () => {
    const server = await bed.newServer(owner, 'Secret')
    await bed.done(owner, `/api/v1/servers/${server.id}/start`)
    const config = await readFile(bed.upper(server.id, 'left4dead2/cfg/server.cfg'), 'utf8')
    const password = /rcon_password "(.+)"/.exec(config)?.[1] ?? ''
    expect(password).toMatch(/^[A-Za-z0-9]{32}$/)
    const { pid } = await bed.server(owner, server.id)
    // As a plugin or a config file would: onto the console, and so into the log.
    await ask(server, `say it is ${password}`)
    await bed.until('it is printed', async () =>
      (await bed.host.logTail(server.id, 50)).some(line => line.text.includes(password)),
    )
    const leaks = [
      await owner.firstEvents(`/api/v1/servers/${server.id}/events`, 'event: log'),
      await readFile(`/proc/${pid}/cmdline`, 'utf8'),
      await readFile(`/proc/${pid}/environ`, 'utf8'),
      JSON.stringify((await owner.get(`/api/v1/servers/${server.id}`)).body),
      JSON.stringify((await owner.get(`/api/v1/servers/${server.id}/generated-config`)).body),
      JSON.stringify((await owner.get(`/api/v1/servers/${server.id}/logs`)).body),
      JSON.stringify((await bed.admin.get('/api/v1/audit')).body),
      JSON.stringify(bed.entries),
      await ask(server, `echo ${password}`),
    ]
    for (const text of leaks) expect(text).not.toContain(password)
    const jobs = (await owner.get<List<Job>>(`/api/v1/jobs?serverId=${server.id}`)).body.items
    for (const job of jobs) {
      expect(JSON.stringify((await owner.get(`/api/v1/jobs/${job.id}/log`)).body)).not.toContain(password)
    }
    await bed.done(owner, `/api/v1/servers/${server.id}/stop`)
  })
})
