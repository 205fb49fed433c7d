import type { List, Overlay, OverlayScript, User } from '@left4me/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, ProductBed } from '../testing/product-bed.ts'

describe('kinds of overlays', () => {
  let bed: ProductBed
  let owner: Person
  let coder: Person
  beforeAll(async () => {
    bed = await ProductBed.open()
    owner = await bed.addPerson('zoey')
    coder = await bed.addPerson('ellis')
    await grant(coder, true)
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const overlays = '/api/v1/overlays'
  const grant = (person: Person, mayBringCode: boolean) =>
    bed.admin.send<User>('PATCH', `/api/v1/users/${person.id}`, { mayBringCode })
  const make = async (person: Person, body: object) =>
    (await person.send<Overlay>('POST', overlays, { name: 'Plugins', ...body })).body
  const shown = async (person: Person, id: number) => (await person.get<Overlay>(`${overlays}/${id}`)).body

  test('each kind has its own field, and says who owns it', async () => {
    const script = await make(coder, { kind: 'script', script: 'touch x' })
    expect(script).toMatchObject({
      kind: 'script',
      script: 'touch x',
      workshopIds: null,
      indexUrl: null,
      ownerId: coder.id,
      ownerName: 'ellis',
      buildNeeded: true,
      revision: null,
    })
    expect(await make(owner, { kind: 'workshop', workshopIds: ['123', '45'] })).toMatchObject({
      workshopIds: ['123', '45'],
      script: null,
      buildNeeded: true,
    })
    const indexUrl = 'https://maps.example/index.csv'
    expect(await make(owner, { kind: 'map-index', indexUrl })).toMatchObject({ indexUrl, buildNeeded: true })
    expect(await make(owner, { kind: 'upload' })).toMatchObject({
      script: null,
      workshopIds: null,
      indexUrl: null,
      buildNeeded: false,
    })
  })

  test.each([
    ['upload', { script: 'x' }, '/script'],
    ['upload', { workshopIds: [] }, '/workshopIds'],
    ['workshop', { indexUrl: 'https://maps.example/i' }, '/indexUrl'],
    ['map-index', { workshopIds: ['1'] }, '/workshopIds'],
  ])('a field of another kind is refused by its name: %s with %j', async (kind, field, path) => {
    const wrong = await owner.refused('POST', overlays, { name: 'x', kind, ...field })
    expect(wrong).toMatchObject({ code: 'invalid-input', errors: [{ path }] })
    const { id } = await make(owner, { kind })
    const change = await owner.refused('PATCH', `${overlays}/${id}`, field)
    expect(change).toMatchObject({ code: 'invalid-input', errors: [{ path }] })
  })

  test('what can’t be is refused: a Workshop id with letters, an id twice, another kind, an address that is none', async () => {
    for (const body of [
      { kind: 'workshop', workshopIds: ['abc'] },
      { kind: 'workshop', workshopIds: ['1', '1'] },
      { kind: 'unheard-of' },
      { kind: 'map-index', indexUrl: 'file:///etc/passwd' },
      { kind: 'script', script: 'a\0b' },
    ]) {
      const problem = await bed.admin.refused('POST', overlays, { name: 'x', ...body })
      expect(problem.code, JSON.stringify(body)).toBe('invalid-input')
    }
  })

  describe('scripts are code', () => {
    test('who may not bring code makes, changes and builds none, and is told who grants it', async () => {
      const refused = await owner.refused('POST', overlays, { name: 'x', kind: 'script', script: 'ls' })
      expect(refused).toMatchObject({ code: 'not-allowed', errors: [{ path: '/kind' }] })
      expect(refused.detail).toContain('right to bring code')
      expect(refused.detail).toContain('An admin grants')

      await grant(owner, true)
      const { id } = await make(owner, { kind: 'script', script: 'ls' })
      await grant(owner, false)
      const changed = await owner.refused('PATCH', `${overlays}/${id}`, { script: 'ls -l' })
      expect(changed).toMatchObject({ code: 'not-allowed', errors: [{ path: '/script' }] })
      expect((await owner.refused('POST', `${overlays}/${id}/build`)).code).toBe('not-allowed')
      // What isn't code stays theirs.
      expect((await owner.send('PATCH', `${overlays}/${id}`, { name: 'Mine', script: 'ls' })).status).toBe(
        200,
      )
      expect(await shown(owner, id)).toMatchObject({ name: 'Mine', script: 'ls' })
    })

    test('the right is shown, admins have it always, and only admins grant it', async () => {
      const me = async (person: Person) => (await person.get<User>('/api/v1/me')).body.mayBringCode
      expect([await me(owner), await me(coder), await me(bed.admin)]).toEqual([false, true, true])
      const refused = await owner.refused('PATCH', `/api/v1/users/${owner.id}`, { mayBringCode: true })
      expect(refused.code).toBe('not-allowed')
      const made = await bed.admin.send<User>('POST', '/api/v1/users', {
        username: 'nick',
        password: 'nick-nick-nick',
        mayBringCode: true,
      })
      expect(made.body).toMatchObject({ mayBringCode: true, role: 'user' })
    })

    test('earlier texts are kept, the newest fifty, and only who may change it reads them', async () => {
      const { id } = await make(coder, { kind: 'script', script: 'echo 0', shared: true })
      for (let text = 1; text <= 55; text += 1)
        await coder.send('PATCH', `${overlays}/${id}`, { script: `echo ${text}` })
      await coder.send('PATCH', `${overlays}/${id}`, { script: 'echo 55' })
      const { body } = await coder.get<List<OverlayScript>>(`${overlays}/${id}/scripts`)
      expect(body.items).toHaveLength(50)
      expect(body.items[0]).toMatchObject({ script: 'echo 55', username: 'ellis' })
      expect(body.items.at(-1)?.script).toBe('echo 6')
      expect((await owner.get(`${overlays}/${id}/scripts`)).status).toBe(404)
      expect((await shown(owner, id)).script).toBeNull()
      expect((await shown(bed.admin, id)).script).toBe('echo 55')
    })
  })

  test('a build is refused while there is nothing to build', async () => {
    for (const [person, body] of [
      [coder, { kind: 'script', script: '  \n' }],
      [owner, { kind: 'workshop' }],
      [owner, { kind: 'map-index' }],
      [owner, { kind: 'upload' }],
    ] as const) {
      const { id, buildNeeded } = await make(person, body)
      expect(buildNeeded, JSON.stringify(body)).toBe(false)
      expect((await person.refused('POST', `${overlays}/${id}/build`)).code).toBe('action-not-allowed')
    }
  })

  test('only upload overlays are filled by hand', async () => {
    const { id } = await make(owner, { kind: 'workshop', workshopIds: ['1'] })
    expect((await owner.upload(id, 'left4dead2/a.txt', 'x')).status).toBe(409)
    expect((await owner.refused('DELETE', `${overlays}/${id}/files/content?path=a`)).code).toBe(
      'action-not-allowed',
    )
    const upload = await owner.refused('POST', `${overlays}/${id}/uploads`, { name: 'a.vpk', size: 1 })
    expect(upload.code).toBe('action-not-allowed')
  })
})
