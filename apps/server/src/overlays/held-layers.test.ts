import { copyFile } from 'node:fs/promises'
import type { List, Overlay, OverlayRevision, Problem, Server, ServerLayer } from '@left4me/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'

const overlays = '/api/v1/overlays'
const servers = '/api/v1/servers'

describe('which revision a server takes', () => {
  let bed: ProductBed
  let zoey: Person
  let louis: Person
  beforeAll(async () => {
    bed = await ProductBed.open({ ports: 40 })
    zoey = await bed.addPerson('zoey')
    louis = await bed.addPerson('louis')
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  let number = 0
  async function publish(person: Person, id: number): Promise<void> {
    number += 1
    await person.upload(id, 'left4dead2/a.txt', `content ${number}`)
    const job = await bed.done(person, `${overlays}/${id}/build`)
    expect(job.state, JSON.stringify(job.error)).toBe('succeeded')
  }
  async function newOverlay(person: Person, { builds = 1, shared = true } = {}): Promise<number> {
    const body = { name: `By ${person.name}`, kind: 'upload', shared }
    const { id } = (await person.send<Overlay>('POST', overlays, body)).body
    for (let build = 0; build < builds; build += 1) await publish(person, id)
    return id
  }
  async function newServer(person: Person, more: object): Promise<number> {
    number += 1
    const body = { name: `Server ${number}`, ...more }
    const answer = await person.send<Server>('POST', servers, body)
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    return answer.body.id
  }
  const layers = async (id: number, person = zoey) =>
    (await person.get<List<ServerLayer>>(`${servers}/${id}/layers`)).body.items
  const layer = async (id: number, person = zoey) => (await layers(id, person))[0]
  const take = (id: number, overlayId: number, revision: number | null, person = zoey) =>
    person.send<ServerLayer & Problem>('PATCH', `${servers}/${id}/layers/${overlayId}`, { revision })

  test('one’s own overlay and an admin’s are taken as they are published', async () => {
    const mine = await newOverlay(zoey)
    const theirs = await newOverlay(bed.admin)
    const id = await newServer(zoey, { overlayIds: [mine, theirs] })
    expect(await layers(id)).toMatchObject([
      { overlayId: mine, from: 'server', revision: 1, newest: 1, held: false, needsAcceptance: false },
      { overlayId: theirs, ownerName: 'admin', revision: 1, held: false, needsAcceptance: false },
    ])
    await publish(zoey, mine)
    await publish(bed.admin, theirs)
    expect((await layers(id)).map(({ revision }) => revision)).toEqual([2, 2])
  })

  test('somebody else’s stays as it was when it was added, until its new revision is accepted', async () => {
    const theirs = await newOverlay(louis)
    const id = await newServer(zoey, { overlayIds: [theirs] })
    await publish(louis, theirs)
    expect(await layer(id)).toMatchObject({ revision: 1, newest: 2, held: true, needsAcceptance: true })
    const refused = await take(id, theirs, null)
    expect(refused).toMatchObject({ status: 409, body: { code: 'action-not-allowed' } })
    expect(refused.body.detail).toContain('louis')
    expect(await layer(id)).toMatchObject({ revision: 1 })
    expect((await take(id, theirs, 2)).body).toMatchObject({ revision: 2, held: true })
    await publish(louis, theirs)
    expect(await layer(id)).toMatchObject({ revision: 2, newest: 3 })
  })

  test('the same goes for what comes by a blueprint, also one that changes later', async () => {
    const theirs = await newOverlay(louis)
    const blueprint = (
      await zoey.send<{ id: number }>('POST', '/api/v1/blueprints', { name: 'With theirs', overlayIds: [] })
    ).body
    const id = await newServer(zoey, { blueprintId: blueprint.id })
    await zoey.send('PATCH', `/api/v1/blueprints/${blueprint.id}`, { overlayIds: [theirs] })
    await publish(louis, theirs)
    expect(await layer(id)).toMatchObject({ from: 'blueprint', revision: 1, newest: 2, held: true })
  })

  test('one that was never built when it was added is held at what is published next but one', async () => {
    const theirs = await newOverlay(louis, { builds: 0 })
    const id = await newServer(zoey, { overlayIds: [theirs] })
    expect(await layer(id)).toMatchObject({ revision: null, newest: null, held: false })
    await publish(louis, theirs)
    await publish(louis, theirs)
    expect(await layer(id)).toMatchObject({ revision: 1, newest: 2, held: true })
  })

  test('a database that is put back accepts nothing that was published since', async () => {
    const theirs = await newOverlay(louis, { builds: 0 })
    const id = await newServer(zoey, { overlayIds: [theirs] })
    await publish(louis, theirs)
    expect(await layer(id)).toMatchObject({ revision: 1, held: false })
    const { databasePath } = bed.config
    await bed.stop()
    await copyFile(databasePath, `${databasePath}.backup`)
    await bed.start()
    await publish(louis, theirs)
    await bed.stop()
    await copyFile(`${databasePath}.backup`, databasePath)
    await bed.start()
    expect(await layer(id)).toMatchObject({ revision: 1, newest: 2, held: true, needsAcceptance: true })
  })

  test('an admin who becomes a user is a stranger from the next revision on', async () => {
    const bill = await bed.addPerson('bill', 'admin')
    const theirs = await newOverlay(bill)
    const id = await newServer(zoey, { overlayIds: [theirs] })
    await publish(bill, theirs)
    expect(await layer(id)).toMatchObject({ revision: 2, held: false })
    await bed.admin.send('PATCH', `/api/v1/users/${bill.id}`, { role: 'user' })
    await publish(bill, theirs)
    expect(await layer(id)).toMatchObject({ revision: 2, newest: 3, held: true, needsAcceptance: true })
  })

  test('a server may stay on a revision of one’s own, and follow again; what isn’t there can’t be chosen', async () => {
    const mine = await newOverlay(zoey, { builds: 2 })
    const id = await newServer(zoey, { overlayIds: [mine] })
    expect((await take(id, mine, 1)).body).toMatchObject({ revision: 1, newest: 2, held: true })
    expect(await take(id, mine, 7)).toMatchObject({ status: 400, body: { errors: [{ path: '/revision' }] } })
    expect((await take(id, 9999, 1)).status).toBe(404)
    expect(await layer(id)).toMatchObject({ revision: 1 })
    expect((await take(id, mine, null)).body).toMatchObject({ revision: 2, held: false })
    expect((await take(id, mine, 1, louis)).status).toBe(404)
  })

  test('a layer that is taken out and put in again begins anew', async () => {
    const theirs = await newOverlay(louis)
    const id = await newServer(zoey, { overlayIds: [theirs] })
    await publish(louis, theirs)
    await zoey.send('PATCH', `${servers}/${id}`, { overlayIds: [] })
    await zoey.send('PATCH', `${servers}/${id}`, { overlayIds: [theirs] })
    expect(await layer(id)).toMatchObject({ revision: 2, newest: 2, held: true })
  })

  test('who takes an overlay stays on it when it is no longer shared', async () => {
    const theirs = await newOverlay(louis)
    const id = await newServer(zoey, { overlayIds: [theirs] })
    await louis.send('PATCH', `${overlays}/${theirs}`, { shared: false })
    await publish(louis, theirs)
    expect(await layer(id)).toMatchObject({ revision: 1, held: true })
  })

  test('a revision that a server stays on is neither collected nor deleted, and who it is, is said', async () => {
    const mine = await newOverlay(zoey, { builds: 2 })
    const id = await newServer(zoey, { name: 'Museum', overlayIds: [mine] })
    await take(id, mine, 1)
    for (let build = 0; build < 4; build += 1) await publish(zoey, mine)
    const kept = (await zoey.get<List<OverlayRevision>>(`${overlays}/${mine}/revisions`)).body.items
    expect(kept.map(({ revision }) => revision)).toEqual([6, 5, 4, 1])
    expect(kept.at(-1)?.usedBy).toEqual([{ id, name: 'Museum', running: false, held: true }])
    const refused = await zoey.refused('DELETE', `${overlays}/${mine}/revisions/1`)
    expect(refused).toMatchObject({ code: 'in-use' })
    expect(refused.detail).toContain('“Museum”')
    await take(id, mine, null)
    expect((await zoey.send('DELETE', `${overlays}/${mine}/revisions/1`)).status).toBe(204)
  })
})

describeWith(['overlayfs'], 'revisions of running servers', () => {
  let bed: ProductBed
  let zoey: Person
  beforeAll(async () => {
    bed = await ProductBed.open()
    await bed.install()
    zoey = await bed.addPerson('zoey')
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  test('what is mounted stays, is told, and needs a restart; it is needed as long as it runs', async () => {
    const { id } = (await zoey.send<Overlay>('POST', overlays, { name: 'Live', kind: 'upload' })).body
    const publish = async (text: string) => {
      await zoey.upload(id, 'left4dead2/a.txt', text)
      await bed.done(zoey, `${overlays}/${id}/build`)
    }
    await publish('1')
    const server = await bed.newServer(zoey, 'Friday', { overlayIds: [id] })
    const start = await bed.done(zoey, `${servers}/${server.id}/start`)
    expect(start.state, JSON.stringify(start.error)).toBe('succeeded')
    for (const text of ['2', '3', '4', '5']) await publish(text)
    const [layer] = (await zoey.get<List<ServerLayer>>(`${servers}/${server.id}/layers`)).body.items
    expect(layer).toMatchObject({ mounted: 1, revision: 5, newest: 5, held: false })
    await bed.until('a restart is needed', async () => (await bed.server(zoey, server.id)).restartNeeded)

    const revisions = async () =>
      (await zoey.get<List<OverlayRevision>>(`${overlays}/${id}/revisions`)).body.items
    expect((await revisions()).map(({ revision }) => revision)).toEqual([5, 4, 3, 1])
    expect((await revisions()).at(-1)?.usedBy).toMatchObject([{ name: 'Friday', running: true, held: false }])
    const refused = await zoey.refused('DELETE', `${overlays}/${id}/revisions/1`)
    expect(refused.detail).toContain('“Friday”')
    expect((await zoey.refused('DELETE', `${overlays}/${id}`)).code).toBe('in-use')

    // Staying on what runs needs no restart.
    await zoey.send('PATCH', `${servers}/${server.id}/layers/${id}`, { revision: 1 })
    await bed.until('no restart is needed', async () => !(await bed.server(zoey, server.id)).restartNeeded)
    await zoey.send('PATCH', `${servers}/${server.id}/layers/${id}`, { revision: null })
    await bed.done(zoey, `${servers}/${server.id}/restart`)
    const [after] = (await zoey.get<List<ServerLayer>>(`${servers}/${server.id}/layers`)).body.items
    expect(after).toMatchObject({ mounted: 5 })
    expect((await zoey.send('DELETE', `${overlays}/${id}/revisions/1`)).status).toBe(204)

    const clone = await bed.done(zoey, `${servers}/${server.id}/clone`, 'POST', { name: 'Saturday' })
    expect(clone.state).toBe('succeeded')
  })

  test('a clone stays on what its source stays on', async () => {
    const { id } = (await zoey.send<Overlay>('POST', overlays, { name: 'Old', kind: 'upload' })).body
    for (const text of ['1', '2']) {
      await zoey.upload(id, 'left4dead2/a.txt', text)
      await bed.done(zoey, `${overlays}/${id}/build`)
    }
    const server = await bed.newServer(zoey, 'Source', { overlayIds: [id] })
    await zoey.send('PATCH', `${servers}/${server.id}/layers/${id}`, { revision: 1 })
    const job = await bed.done(zoey, `${servers}/${server.id}/clone`, 'POST', { name: 'Copy' })
    const [layer] = (await zoey.get<List<ServerLayer>>(`${servers}/${job.serverId}/layers`)).body.items
    expect(layer).toMatchObject({ revision: 1, newest: 2, held: true })
  })
})
