import type {
  Campaign,
  LayerConflicts,
  List,
  Overlay,
  Problem,
  PublicServer,
  Server,
  ServerCampaigns,
} from '@left4me/contract'
import { packVpk } from '@left4me/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'

const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(64, 7)])

/** An addon with a campaign of as many maps as are named. */
function campaign(name: string, maps: string[], picture: Buffer | null = png): Buffer {
  const chapters = maps.map(
    (map, index) => `"${index + 1}" { "Map" "${map}" "DisplayName" "Part ${index + 1}" }`,
  )
  return packVpk([
    { path: 'addoninfo.txt', content: Buffer.from('"AddonInfo" { addonSteamAppID 550 addonauthor "Zoey" }') },
    {
      path: `missions/${name}.txt`,
      content: Buffer.from(
        `"mission" { "Name" "${name}" "DisplayTitle" "The ${name}" "modes" { "coop" { ${chapters.join(' ')} } } }`,
      ),
    },
    ...maps.map(map => ({ path: `maps/${map}.bsp`, content: Buffer.from(`VBSP ${name}`) })),
    ...(picture === null ? [] : [{ path: 'addonimage.png', content: picture }]),
  ])
}

describeWith(['overlayfs'], 'what a server’s layers hold', () => {
  let bed: ProductBed
  let owner: Person
  let stranger: Person
  beforeAll(async () => {
    bed = await ProductBed.open()
    await bed.install()
    owner = await bed.addPerson('zoey')
    stranger = await bed.addPerson('louis')
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  let count = 0
  async function overlayOf(
    files: Record<string, string | Uint8Array>,
    name = `Overlay ${++count}`,
  ): Promise<number> {
    const { body } = await owner.send<Overlay>('POST', '/api/v1/overlays', { name, kind: 'upload' })
    await rebuilt(body.id, files)
    return body.id
  }
  async function rebuilt(id: number, files: Record<string, string | Uint8Array>): Promise<void> {
    for (const [path, content] of Object.entries(files)) await owner.upload(id, path, content)
    expect(await bed.done(owner, `/api/v1/overlays/${id}/build`)).toMatchObject({ state: 'succeeded' })
  }
  const serverWith = (overlayIds: number[], more: Record<string, unknown> = {}): Promise<Server> =>
    bed.newServer(owner, `Server ${++count}`, { overlayIds, ...more })
  const campaignsOf = async ({ id }: Server) =>
    (await owner.get<ServerCampaigns>(`/api/v1/servers/${id}/campaigns`)).body
  const conflictsOf = async ({ id }: Server) =>
    (await owner.get<LayerConflicts>(`/api/v1/servers/${id}/conflicts`)).body

  describe('campaigns', () => {
    test('are the game’s own and those of the layers, with where they come from and a picture', async () => {
      const id = await overlayOf({
        'left4dead2/addons/1234567.vpk': campaign('harbour', ['harbour1', 'harbour2']),
        'left4dead2/maps/arena_night.bsp': 'VBSP',
      })
      const server = await serverWith([id])
      const { campaigns, looseMaps, left } = await campaignsOf(server)
      expect(campaigns.filter(({ official }) => official)).toHaveLength(14)
      const found = campaigns.find(each => each.id === 'harbour')
      expect(found).toMatchObject({
        title: 'The harbour',
        official: false,
        author: 'Zoey',
        missingMaps: [],
        layer: { kind: 'overlay', overlayId: id, revision: 1 },
        workshopUrl: 'https://steamcommunity.com/sharedfiles/filedetails/?id=1234567',
      })
      expect(found?.modes[0]?.chapters.map(({ map, present }) => [map, present])).toEqual([
        ['harbour1', true],
        ['harbour2', true],
      ])
      expect([looseMaps, left]).toEqual([['arena_night'], 0])
      const picture = await owner.raw(found?.picture ?? '')
      expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png'])
    })

    test('are those of the revision that the next start takes', async () => {
      const id = await overlayOf({ 'left4dead2/addons/a.vpk': campaign('first', ['first1']) })
      const server = await serverWith([id])
      await owner.send('PATCH', `/api/v1/servers/${server.id}/layers/${id}`, { revision: 1 })
      await rebuilt(id, { 'left4dead2/addons/b.vpk': campaign('second', ['second1']) })
      const ids = async () =>
        (await campaignsOf(server)).campaigns.filter(each => !each.official).map(each => each.id)
      expect(await ids()).toEqual(['first'])
      await owner.send('PATCH', `/api/v1/servers/${server.id}/layers/${id}`, { revision: null })
      expect(await ids()).toEqual(['first', 'second'])
    })

    test('a broken VPK brings none, and hides none of the others', async () => {
      const id = await overlayOf({
        'left4dead2/addons/broken.vpk': 'this is no VPK',
        'left4dead2/addons/good.vpk': campaign('good', ['good1']),
      })
      const { campaigns } = await campaignsOf(await serverWith([id]))
      expect(campaigns.filter(each => !each.official).map(each => each.id)).toEqual(['good'])
    })

    test('of all overlays that somebody may use are the library', async () => {
      const id = await overlayOf({ 'left4dead2/addons/own.vpk': campaign('librarian', ['librarian1']) })
      const listed = async (person: Person) =>
        (await person.get<List<Campaign>>('/api/v1/library')).body.items
          .filter(each => !each.official)
          .map(each => each.id)
      expect(await listed(owner)).toContain('librarian')
      expect(await listed(stranger)).not.toContain('librarian')
      await owner.send('PATCH', `/api/v1/overlays/${id}`, { shared: true })
      expect(await listed(stranger)).toContain('librarian')
      expect(
        (await stranger.get<List<Campaign>>('/api/v1/library')).body.items.filter(each => each.official),
      ).toHaveLength(14)
    })
  })

  describe('a change of map', () => {
    const command = (server: Server, text: string) =>
      owner.send<Problem>('POST', `/api/v1/servers/${server.id}/console`, { command: text })

    test('goes to maps of the layers that run, and to no other', async () => {
      const id = await overlayOf({
        'left4dead2/addons/played.vpk': campaign('played', ['played1']),
        'left4dead2/maps/loose_arena.bsp': 'VBSP',
      })
      const server = await serverWith([id])
      await bed.done(owner, `/api/v1/servers/${server.id}/start`)
      await rebuilt(id, { 'left4dead2/addons/later.vpk': campaign('later', ['later1']) })
      for (const text of ['map nowhere_at_all', 'changelevel "played2"', 'map later1']) {
        const answer = await command(server, text)
        expect([text, answer.status, answer.body.code]).toEqual([text, 400, 'invalid-input'])
        expect(answer.body.detail).toMatch(/has no map .*Check its spelling/)
      }
      for (const text of ['changelevel LOOSE_arena', 'changelevel played1', 'changelevel c2m1_highway']) {
        const answer = await command(server, text)
        // While it loads the one before, the game may not answer.
        expect([text, answer.status === 400]).toEqual([text, false])
      }
      await bed.done(owner, `/api/v1/servers/${server.id}/stop`)
    })
  })

  describe('conflicts', () => {
    test('name what is there twice, who wins, and what to do', async () => {
      const upper = await overlayOf(
        {
          'left4dead2/cfg/rates.cfg': 'sv_minrate 1\n',
          'left4dead2/addons/x.vpk': campaign('twice', ['twice1']),
        },
        'Above',
      )
      const lower = await overlayOf(
        {
          'left4dead2/cfg/rates.cfg': 'sv_minrate 2\n',
          'left4dead2/addons/y.vpk': campaign('twice', ['twice1', 'twice2']),
        },
        'Below',
      )
      const { items, left } = await conflictsOf(await serverWith([upper, lower]))
      expect(left).toBe(0)
      const file = items.find(each => each.subjects.includes('left4dead2/cfg/rates.cfg'))
      expect(file?.places.map(({ layer }) => layer.name)).toEqual(['Above', 'Below'])
      expect(file?.winner).toBe(0)
      const mission = items.find(each => each.code === 'same-mission')
      expect(mission).toMatchObject({ severity: 'warning', subjects: ['twice'] })
      expect(mission?.places.map(({ layer, vpk }) => [layer.name, vpk])).toEqual([
        ['Above', 'left4dead2/addons/x.vpk'],
        ['Below', 'left4dead2/addons/y.vpk'],
      ])
      expect(mission?.remedy).not.toBe('')
    })

    test('of a layer with the game itself are found, and a lone layer has none', async () => {
      const own = await overlayOf({ 'left4dead2/notes.txt': 'x' })
      expect((await conflictsOf(await serverWith([own]))).items).toEqual([])
      const replaces = await overlayOf({ 'left4dead2/steam.inf': 'x' }, 'Replaces')
      const { items } = await conflictsOf(await serverWith([replaces]))
      expect(items.map(({ code, places }) => [code, places.map(({ layer }) => layer.kind)])).toEqual([
        ['same-file', ['overlay', 'installation']],
      ])
    })

    test('of somebody else’s server are nobody’s business', async () => {
      const { id } = await serverWith([])
      for (const what of ['conflicts', 'campaigns', 'files']) {
        expect((await stranger.get(`/api/v1/servers/${id}/${what}`)).status, what).toBe(404)
      }
    })
  })

  describe('the public page', () => {
    const anonymous = async (path: string) => {
      const response = await fetch(`${bed.url}/api/v1/public/servers/${path}`)
      return { response, text: await response.text() }
    }

    test('is only there when the owner wants it, and is like that of no server otherwise', async () => {
      const server = await serverWith([])
      const hidden = await anonymous(String(server.id))
      const unknown = await anonymous('987654')
      expect(hidden.response.status).toBe(404)
      expect(hidden.text).toBe(unknown.text.replace('server 987654', `server ${server.id}`))
      expect(hidden.text).toContain(`server ${server.id}`)
      await owner.send('PATCH', `/api/v1/servers/${server.id}`, { publicPage: true })
      expect((await anonymous(String(server.id))).response.status).toBe(200)
    })

    test('shows what players have to get, and nothing of owners and layers', async () => {
      const id = await overlayOf(
        { 'left4dead2/addons/7654321.vpk': campaign('open', ['open1', 'open2']) },
        'Secret name of a layer',
      )
      const server = await serverWith([id], { publicPage: true, config: ['sv_password "hidden-thing"'] })
      const { text } = await anonymous(String(server.id))
      const shown = JSON.parse(text) as PublicServer
      expect(shown).toMatchObject({ id: server.id, name: server.name, state: 'stopped', simulated: true })
      expect(shown.campaigns).toEqual([
        {
          id: 'open',
          title: 'The open',
          description: null,
          author: 'Zoey',
          size: expect.any(Number),
          chapters: 2,
          picture: `/api/v1/public/servers/${server.id}/picture?campaign=open`,
          workshopUrl: 'https://steamcommunity.com/sharedfiles/filedetails/?id=7654321',
        },
      ])
      expect(text).not.toMatch(/zoey|Secret name|hidden-thing/)
      const picture = await fetch(`${bed.url}${shown.campaigns[0]?.picture}`)
      expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png'])
      expect(Buffer.from(await picture.arrayBuffer())).toEqual(png)
      expect((await anonymous(`${server.id}/picture?campaign=other`)).response.status).toBe(404)
      await owner.send('PATCH', `/api/v1/servers/${server.id}`, { publicPage: false })
      expect((await anonymous(`${server.id}/picture?campaign=open`)).response.status).toBe(404)
    })
  })
})
