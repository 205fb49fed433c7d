import { DatabaseSync } from 'node:sqlite'
import type { List, Server } from '@left4me/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'

describeWith(['overlayfs'], 'bad input', () => {
  let bed: ProductBed
  let owner: Person
  let other: Person
  beforeAll(async () => {
    bed = await ProductBed.open({ ports: 6 })
    owner = await bed.addPerson('zoey')
    other = await bed.addPerson('louis')
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const servers = '/api/v1/servers'
  const everything = async () => {
    const { body } = await bed.admin.get<List<Server>>(servers)
    const blueprints = (await bed.admin.get('/api/v1/blueprints')).body
    const overlays = (await bed.admin.get('/api/v1/overlays')).body
    return JSON.stringify([body.items, blueprints, overlays, await bed.host.list()])
  }

  describe('a server is refused, naming the field, and nothing is made or changed', () => {
    test.each<[string, object, string, string]>([
      ['an unknown field', { colour: 'red' }, 'invalid-input', '/colour'],
      ['a port that is text', { port: '27015' }, 'invalid-input', '/port'],
      ['a port below all', { port: 80 }, 'invalid-input', '/port'],
      ['a port above all', { port: 65536 }, 'invalid-input', '/port'],
      ['a port that is no whole number', { port: 27015.5 }, 'invalid-input', '/port'],
      ['a port outside the range', { port: 1024 }, 'invalid-input', '/port'],
      ['an empty name', { name: '' }, 'invalid-input', '/name'],
      ['a name with a line end', { name: 'a\nb' }, 'invalid-input', '/name'],
      ['a name with NUL', { name: 'a\0b' }, 'invalid-input', '/name'],
      ['a name with an escape sequence', { name: '\u001b[31mred' }, 'invalid-input', '/name'],
      ['a name that is too long', { name: 'x'.repeat(65) }, 'invalid-input', '/name'],
      ['an argument with a line end', { arguments: ['+map\nquit'] }, 'invalid-input', '/arguments/0'],
      ['an argument with a quote', { arguments: ['+map', 'a"b'] }, 'invalid-input', '/arguments/1'],
      ['an argument with NUL', { arguments: ['+map\0'] }, 'invalid-input', '/arguments/0'],
      ['an argument with a blank', { arguments: ['+map x'] }, 'invalid-input', '/arguments/0'],
      ['an argument for the shell', { arguments: ['$(id)'] }, 'invalid-input', '/arguments/0'],
      ['an argument with a pattern', { arguments: ['+map', 'c*'] }, 'invalid-input', '/arguments/0'],
      ['too many arguments', { arguments: Array(65).fill('x') }, 'invalid-input', '/arguments'],
      ['a config line with a line end', { config: ['a', 'b\nc'] }, 'invalid-input', '/config/1'],
      ['a config line with NUL', { config: ['a\0'] }, 'invalid-input', '/config/0'],
      ['config that is text', { config: 'sv_cheats 1' }, 'invalid-input', '/config'],
      ['the same overlay twice', { overlayIds: [1, 1] }, 'invalid-input', '/overlayIds'],
      ['an overlay that is gone', { overlayIds: [999] }, 'unknown-overlay', '/overlayIds/0'],
      ['a blueprint that is gone', { blueprintId: 999 }, 'unknown-blueprint', '/blueprintId'],
      ['a reserved argument', { arguments: ['+map', 'x', '-port', '1'] }, 'reserved-setting', '/arguments/2'],
      [
        'a reserved setting',
        { config: ['a 1', 'b 2', '', 'rcon_password x'] },
        'reserved-setting',
        '/config/3',
      ],
      ['a hidden reserved setting', { config: ['alias x "log off"'] }, 'reserved-setting', '/config/0'],
    ])('%s', async (_, fault, code, path) => {
      const before = await everything()
      const problem = await owner.refused('POST', servers, { name: 'Faulty', ...fault })
      expect(problem).toMatchObject({ code, errors: [{ path, message: expect.stringMatching(/\S/) }] })
      expect(problem.detail.length).toBeGreaterThan(10)
      expect(await everything()).toBe(before)
    })

    test.each<[object, string, string]>([
      [{ port: 1024 }, 'invalid-input', '/port'],
      [{ config: ['SV_RCON_banpenalty 0'] }, 'reserved-setting', '/config/0'],
      [{ arguments: ['+rcon_password', 'x'] }, 'reserved-setting', '/arguments/0'],
      [{ overlayIds: [999] }, 'unknown-overlay', '/overlayIds/0'],
      [{ blueprintId: 999 }, 'unknown-blueprint', '/blueprintId'],
      [{ id: 5 }, 'invalid-input', '/id'],
    ])('and a change of one the same: %j', async (change, code, path) => {
      const { body } = await owner.send<Server>('POST', servers, { name: 'Sound', config: ['sv_cheats 0'] })
      const before = await everything()
      const problem = await owner.refused('PATCH', `${servers}/${body.id}`, { name: 'New', ...change })
      expect(problem).toMatchObject({ code, errors: [{ path }] })
      expect(await everything()).toBe(before)
      await bed.done(owner, `${servers}/${body.id}`, 'DELETE')
    })

    test.each<[object, string, string]>([
      [{ config: ['exec ../../secret'] }, 'invalid-input', '/config/0'],
      [{ arguments: ['-condebug'] }, 'reserved-setting', '/arguments/0'],
      [{ overlayIds: [999] }, 'unknown-overlay', '/overlayIds/0'],
    ])('and a blueprint the same: %j', async (fault, code, path) => {
      const before = await everything()
      const problem = await owner.refused('POST', '/api/v1/blueprints', { name: 'Faulty', ...fault })
      expect(problem).toMatchObject({ code, errors: [{ path }] })
      expect(await everything()).toBe(before)
    })
  })

  test('a range without a free port says so, and makes nothing', async () => {
    const made: Server[] = []
    for (let index = 0; index < 6; index += 1) made.push(await bed.newServer(owner, `Full ${index}`))
    const problem = await owner.refused('POST', servers, { name: 'One too many' })
    expect(problem).toMatchObject({ code: 'no-free-port', status: 409 })
    expect(problem.detail).toContain(`from ${bed.config.portRange.start} to ${bed.config.portRange.end}`)
    for (const { id } of made) await bed.done(owner, `${servers}/${id}`, 'DELETE')
  })

  test('a start without the game is refused with what to do', async () => {
    const server = await bed.newServer(owner, 'Too early')
    const problem = await owner.refused('POST', `${servers}/${server.id}/start`)
    expect(problem).toMatchObject({ code: 'not-installed', status: 409 })
    expect(problem.detail).toContain('installs it on the installation page')
    expect(await bed.server(owner, server.id)).toMatchObject({ state: 'stopped', jobId: null })
    await bed.done(owner, `${servers}/${server.id}`, 'DELETE')
  })

  test('somebody else’s overlay and blueprint can be used only when they are shared', async () => {
    const { body: overlay } = await other.send<{ id: number }>('POST', '/api/v1/overlays', {
      name: 'Theirs',
      kind: 'upload',
    })
    const { body: blueprint } = await other.send<{ id: number }>('POST', '/api/v1/blueprints', {
      name: 'Theirs',
      overlayIds: [overlay.id],
    })
    const attempts = [{ overlayIds: [overlay.id] }, { blueprintId: blueprint.id }]
    for (const attempt of attempts) {
      expect((await owner.refused('POST', servers, { name: 'Borrows', ...attempt })).code).toMatch(
        /^unknown-/,
      )
    }
    expect((await owner.refused('GET', `/api/v1/blueprints/${blueprint.id}`)).code).toBe('not-found')
    await other.send('PATCH', `/api/v1/blueprints/${blueprint.id}`, { shared: true })
    const made = await bed.newServer(owner, 'Borrows', { blueprintId: blueprint.id })
    expect((await owner.get(`/api/v1/overlays/${overlay.id}`)).status).toBe(404)
    await other.send('PATCH', `/api/v1/overlays/${overlay.id}`, { shared: true })
    await owner.send('PATCH', `${servers}/${made.id}`, { overlayIds: [overlay.id] })
    // What is in use stays usable there.
    await other.send('PATCH', `/api/v1/overlays/${overlay.id}`, { shared: false })
    const kept = await owner.send<Server>('PATCH', `${servers}/${made.id}`, { overlayIds: [overlay.id] })
    expect(kept).toMatchObject({ status: 200, body: { overlayIds: [overlay.id] } })
    await bed.done(owner, `${servers}/${made.id}`, 'DELETE')
  })

  test('a damaged row is one server that says so; it is repaired by saving, and others don’t notice', async () => {
    const damaged = await bed.newServer(owner, 'Damaged')
    const sound = await bed.newServer(owner, 'Sound')
    await bed.stop()
    {
      using database = new DatabaseSync(bed.config.databasePath)
      const config = JSON.stringify(['sv_cheats 1\nrcon_password x'])
      database.prepare('UPDATE servers SET config = ? WHERE id = ?').run(config, damaged.id)
    }
    await bed.start()
    expect(await bed.server(owner, damaged.id)).toMatchObject({
      state: 'failed',
      config: [],
      stateReason: { code: 'corrupt-row', remedy: expect.stringContaining('Save') },
    })
    expect((await bed.server(owner, sound.id)).state).toBe('stopped')
    const refused = await owner.refused('POST', `${servers}/${damaged.id}/start`)
    expect(refused.detail).toContain('damaged: config')
    const repaired = await owner.send<Server>('PATCH', `${servers}/${damaged.id}`, {
      config: ['sv_cheats 1'],
    })
    expect(repaired.body).toMatchObject({ state: 'stopped', stateReason: null, config: ['sv_cheats 1'] })
    for (const { id } of [damaged, sound]) await bed.done(owner, `${servers}/${id}`, 'DELETE')
  })

  test('a damaged blueprint is left out of the list and can be deleted', async () => {
    const { body } = await owner.send<{ id: number }>('POST', '/api/v1/blueprints', { name: 'Broken' })
    {
      using database = new DatabaseSync(bed.config.databasePath)
      database.prepare('UPDATE blueprints SET arguments = ? WHERE id = ?').run('{"a":1}', body.id)
    }
    const { body: list } = await owner.get<List<{ id: number }>>('/api/v1/blueprints')
    expect(list.items.map(({ id }) => id)).not.toContain(body.id)
    expect(list.items.length).toBeGreaterThan(0)
    expect((await owner.send('DELETE', `/api/v1/blueprints/${body.id}`)).status).toBe(204)
  })

  test('the default blueprint can be changed by an admin, and never be deleted', async () => {
    const { body } = await bed.admin.get<List<{ id: number; ownerId: number | null }>>('/api/v1/blueprints')
    const id = body.items.find(item => item.ownerId === null)?.id
    expect((await bed.admin.refused('DELETE', `/api/v1/blueprints/${id}`)).code).toBe('in-use')
    expect((await owner.refused('PATCH', `/api/v1/blueprints/${id}`, { name: 'Mine' })).code).toBe(
      'not-found',
    )
    const changed = await bed.admin.send('PATCH', `/api/v1/blueprints/${id}`, { description: 'Ours' })
    expect(changed).toMatchObject({ status: 200, body: { description: 'Ours', ownerId: null } })
    await bed.stop()
    await bed.start()
    expect((await owner.get<{ description: string }>(`/api/v1/blueprints/${id}`)).body.description).toBe(
      'Ours',
    )
  })
})
