import { execFileSync, spawn } from 'node:child_process'
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  type List,
  limits,
  type Overlay,
  type Problem,
  type Server,
  type ServerFile,
} from '@left4me/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'

describeWith(['overlayfs'], 'files of a server', () => {
  let bed: ProductBed
  let owner: Person
  let server: Server
  let overlay: number
  beforeAll(async () => {
    bed = await ProductBed.open()
    await bed.install()
    owner = await bed.addPerson('zoey')
    overlay = await newOverlay('Layer')
    await owner.upload(overlay, 'left4dead2/cfg/layer.cfg', 'from the layer\n')
    await owner.upload(overlay, 'left4dead2/steam.inf', 'PatchVersion=1\n')
    await owner.upload(overlay, 'left4dead2/cfg/server.cfg', 'sv_region 1\n')
    await bed.done(owner, `/api/v1/overlays/${overlay}/build`)
    server = await bed.newServer(owner, 'Files', { overlayIds: [overlay] })
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  async function newOverlay(name: string, person = owner): Promise<number> {
    return (await person.send<Overlay>('POST', '/api/v1/overlays', { name, kind: 'upload' })).body.id
  }
  const files = () => `/api/v1/servers/${server.id}/files`
  const content = (path: string, more = '') => `${files()}/content?path=${encodeURIComponent(path)}${more}`
  const list = async (path: string, layer = 'merged') => {
    const query = new URLSearchParams({ path, layer })
    return (await owner.get<List<ServerFile>>(`${files()}?${query}`)).body.items
  }
  const find = async (path: string, layer?: string) =>
    (await list(path.slice(0, Math.max(0, path.lastIndexOf('/'))), layer)).find(file => file.path === path)
  const read = async (path: string, more = '') => {
    const response = await owner.raw(content(path, more))
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  const put = (path: string, text: string | Uint8Array, person = owner) =>
    person.put<Problem>(content(path), text)
  const remove = (path: string) => owner.send<Problem>('DELETE', content(path))
  const plant = (path: string, how: (file: string) => void) => {
    const file = bed.upper(server.id, path)
    mkdirSync(dirname(file), { recursive: true })
    how(file)
  }
  const act = async (action: 'start' | 'stop') => {
    const job = await bed.done(owner, `/api/v1/servers/${server.id}/${action}`)
    expect(job, JSON.stringify(job.error)).toMatchObject({ state: 'succeeded' })
  }

  test.each(['stopped', 'running'])('of a %s one are shown merged, with what hides what', async state => {
    if (state === 'running') await act('start')
    expect((await put('left4dead2/cfg/layer.cfg', 'changed\n')).status).toBe(204)
    expect(await find('left4dead2/cfg/layer.cfg')).toMatchObject({
      kind: 'file',
      size: 8,
      layer: { kind: 'upper' },
      hides: [
        { layer: { kind: 'overlay', overlayId: overlay, name: 'Layer', revision: 1 }, files: 1, bytes: 15 },
      ],
      editable: true,
    })
    expect(await find('left4dead2/steam.inf')).toMatchObject({
      layer: { kind: 'overlay', overlayId: overlay },
      hides: [{ layer: { kind: 'installation' }, files: 1 }],
    })
    expect(await find('srcds_run')).toMatchObject({
      kind: 'file',
      layer: { kind: 'installation' },
      hides: [],
    })
    expect((await read('left4dead2/cfg/layer.cfg')).text).toBe('changed\n')
    expect((await read('left4dead2/cfg/layer.cfg', `&layer=${overlay}`)).text).toBe('from the layer\n')
    expect((await read('left4dead2/steam.inf')).text).toBe('PatchVersion=1\n')
    expect((await read('left4dead2/steam.inf', '&layer=installation')).text).toContain('2.2.4.3')
    expect((await list('left4dead2/cfg', 'upper')).map(({ name }) => name)).toContain('layer.cfg')
    expect((await list('left4dead2', 'upper')).map(({ name }) => name)).not.toContain('steam.inf')
    expect((await list('left4dead2', String(overlay))).map(({ name }) => name)).toEqual(['cfg', 'steam.inf'])

    expect((await remove('left4dead2/cfg/layer.cfg')).status).toBe(204)
    if (state === 'running') {
      expect(await find('left4dead2/cfg/layer.cfg')).toMatchObject({ kind: 'deleted' })
      expect((await read('left4dead2/cfg/layer.cfg')).status).toBe(404)
      expect((await put('left4dead2/cfg/layer.cfg', 'again\n')).status).toBe(204)
      await act('stop')
      expect((await remove('left4dead2/cfg/layer.cfg')).status).toBe(204)
    }
    expect((await read('left4dead2/cfg/layer.cfg')).text).toBe('from the layer\n')
  })

  test('of layers can’t be deleted while it is stopped, and the answer names the layer', async () => {
    const answer = await remove('left4dead2/steam.inf')
    expect(answer).toMatchObject({ status: 409, body: { code: 'action-not-allowed' } })
    expect(answer.body.detail).toContain('“Layer”')
    expect((await remove('left4dead2/cfg')).status).toBe(409)
  })

  test('come as downloads that no browser runs, whatever their names are', async () => {
    expect((await read('left4dead2/cfg/a\r\nset-cookie: a=b.txt')).status).toBe(400)
    const name = 'left4dead2/cfg/ü"; filename=evil.html (1).txt'
    expect((await put(name, '<script>')).status).toBe(204)
    const { status, headers } = await read(name)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/octet-stream')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('set-cookie')).toBeNull()
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="[\w.-]+"; filename\*=UTF-8''%C3%BC[\w%.-]+$/,
    )
    await remove(name)
  })

  test('many in a folder come page by page, each once', async () => {
    for (let number = 0; number < 501; number += 1) {
      plant(`left4dead2/many/${String(number).padStart(4, '0')}.txt`, file => writeFileSync(file, 'x'))
    }
    const first = (await owner.get<List<ServerFile>>(`${files()}?path=left4dead2/many`)).body
    const second = (
      await owner.get<List<ServerFile>>(`${files()}?path=left4dead2/many&cursor=${first.nextCursor}`)
    ).body
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([500, 1, null])
    expect(new Set([...first.items, ...second.items].map(({ name }) => name)).size).toBe(501)
  })

  describe('are refused', () => {
    test.each(['../escape', '/etc/passwd', 'left4dead2//a', 'a/./b', 'a\\b', 'a\0b', 'left4dead2/'])(
      'at %j, which leads elsewhere',
      async path => {
        expect((await read(path)).status).toBe(400)
        expect((await put(path, 'x')).status).toBe(400)
        expect((await remove(path)).status).toBe(400)
      },
    )

    test('beyond the size that the editor takes, and nothing is written', async () => {
      const answer = await put('left4dead2/cfg/large.txt', Buffer.alloc(limits.editedFile + 1))
      expect(answer).toMatchObject({ status: 413, body: { code: 'body-too-large' } })
      expect((await read('left4dead2/cfg/large.txt')).status).toBe(404)
      plant('left4dead2/cfg/large.txt', file => writeFileSync(file, Buffer.alloc(limits.editedFile + 1)))
      expect((await read('left4dead2/cfg/large.txt')).status).toBe(413)
      expect(await find('left4dead2/cfg/large.txt')).toMatchObject({ editable: false })
      await remove('left4dead2/cfg/large.txt')
    })

    test('when a game planted a link, a second name, or a FIFO, which are shown as such', async () => {
      const treasure = `${bed.root}/data/treasure`
      writeFileSync(treasure, 'untouched')
      plant('left4dead2/trap/link.txt', file => symlinkSync(treasure, file))
      plant('left4dead2/trap/name.txt', file => linkSync(treasure, file))
      plant('left4dead2/trap/fifo', file => execFileSync('mkfifo', [file]))
      plant('left4dead2/trap/up', file => symlinkSync('../../../../..', file))
      expect((await find('left4dead2/trap/link.txt'))?.kind).toBe('other')
      expect((await find('left4dead2/trap/fifo'))?.kind).toBe('other')
      for (const name of ['link.txt', 'name.txt', 'fifo', 'up/data/treasure']) {
        const { status, text } = await read(`left4dead2/trap/${name}`)
        expect([name, status >= 400, text.includes('untouched')]).toEqual([name, true, false])
      }
      expect((await put('left4dead2/trap/link.txt', 'mine')).status).toBe(204)
      // A folder takes the link's place.
      expect((await put('left4dead2/trap/up/data/treasure', 'mine')).status).toBe(204)
      expect(readFileSync(treasure, 'utf8')).toBe('untouched')
      expect((await read('left4dead2/trap/link.txt')).text).toBe('mine')
    })

    test('never lead out, while a plugin swaps files and folders for links as fast as it can', async () => {
      const treasure = `${bed.root}/data/race`
      mkdirSync(treasure)
      writeFileSync(`${treasure}/file.txt`, 'untouched')
      plant('left4dead2/race/folder/file.txt', file => writeFileSync(file, 'own'))
      const swap = `cd "$1" && while :; do
        mv folder kept && ln -s "$2" folder && rm folder && mv kept folder
        mv folder/file.txt kept.txt && ln -s "$2/file.txt" folder/file.txt && rm folder/file.txt
        mv kept.txt folder/file.txt; done 2>/dev/null`
      const plugin = spawn('sh', ['-c', swap, 'sh', bed.upper(server.id, 'left4dead2/race'), treasure])
      try {
        const path = 'left4dead2/race/folder/file.txt'
        for (let round = 0; round < 40; round += 1) {
          const { status, text } = await read(path)
          expect([status === 200 ? text : 'refused', text.includes('untouched')]).toEqual([
            status === 200 ? expect.stringMatching(/^(?:own|written)$/) : 'refused',
            false,
          ])
          await put(path, 'written')
          if (round % 20 === 0) await list('left4dead2/race/folder')
        }
        expect(readFileSync(`${treasure}/file.txt`, 'utf8')).toBe('untouched')
        expect(readdirSync(treasure)).toEqual(['file.txt'])
      } finally {
        plugin.kill('SIGKILL')
      }
    })

    test.each(['left4dead2/addons/x.smx', 'left4dead2/addons/metamod/bin/server.so', 'bin/x.txt'])(
      'as code at %s, from somebody without the right to bring it',
      async path => {
        expect((await put(path, 'x')).body).toMatchObject({
          code: 'not-allowed',
          errors: [{ path: '/path' }],
        })
        expect((await put(path, 'x', bed.admin)).status).toBe(204)
        expect((await remove(path)).status).toBe(204)
      },
    )

    test('as a program in disguise, from somebody without the right to bring it', async () => {
      const answer = await put('left4dead2/harmless.txt', Buffer.from('\u007fELF and more'))
      expect(answer.body).toMatchObject({ code: 'not-allowed' })
      expect((await read('left4dead2/harmless.txt')).status).toBe(404)
    })
  })

  test('the RCON password is shown to nobody, wherever it is', async () => {
    await act('start')
    await act('stop')
    const path = 'left4dead2/cfg/server.cfg'
    const secret = /rcon_password "(\w+)"/.exec(readFileSync(bed.upper(server.id, path), 'utf8'))?.[1] ?? ''
    expect(secret).not.toBe('')
    for (const person of [owner, bed.admin]) {
      const response = await person.raw(content(path))
      const text = await response.text()
      expect([response.status, text.includes(secret)]).toEqual([403, false])
      expect(text).toContain('under Config')
    }
    expect((await find(path))?.editable).toBe(false)
    expect((await put(path, 'x')).status).toBe(403)
    expect((await remove(path)).status).toBe(403)
    plant('left4dead2/copy.txt', file => writeFileSync(file, `said ${secret}`))
    const copied = await read('left4dead2/copy.txt')
    expect([copied.status, copied.text.includes(secret)]).toEqual([403, false])
    const upload = await newOverlay('Leak')
    for (const leak of [path, 'left4dead2/copy.txt']) {
      expect(
        (await owner.refused('POST', `${files()}/promote`, { path: leak, overlayId: upload })).code,
      ).toBe('not-allowed')
    }
    // The overlay's own file of that name is no secret.
    expect((await read(path, `&layer=${overlay}`)).text).toBe('sv_region 1\n')
  })

  describe('promoting a change', () => {
    const promote = (path: string, overlayId: number, more = {}) =>
      owner.send<Problem>('POST', `${files()}/promote`, { path, overlayId, ...more })
    const draft = async (id: number) =>
      (await owner.get<List<ServerFile>>(`/api/v1/overlays/${id}/files`)).body.items.map(({ path }) => path)

    test('copies it into the draft of an overlay, and takes it out of the server when asked to', async () => {
      const target = await newOverlay('Target')
      await put('left4dead2/cfg/mine.cfg', 'mine\n')
      expect((await promote('left4dead2/cfg/mine.cfg', target)).status).toBe(204)
      expect(await draft(target)).toEqual(['left4dead2/cfg/mine.cfg'])
      expect((await owner.get<Overlay>(`/api/v1/overlays/${target}`)).body.buildNeeded).toBe(true)
      expect((await read('left4dead2/cfg/mine.cfg')).text).toBe('mine\n')
      expect((await promote('left4dead2/cfg/mine.cfg', target, { remove: true })).status).toBe(204)
      expect((await read('left4dead2/cfg/mine.cfg')).status).toBe(404)
    })

    test('refuses what is no change of the server, and overlays of others or of other kinds', async () => {
      const target = await newOverlay('Target')
      expect((await promote('left4dead2/steam.inf', target)).status).toBe(404)
      expect((await promote('left4dead2/nothing.txt', target)).status).toBe(404)
      await put('left4dead2/cfg/mine.cfg', 'mine\n')
      const admins = await newOverlay('Of the admin', bed.admin)
      expect((await promote('left4dead2/cfg/mine.cfg', admins)).body.code).toBe('unknown-overlay')
      expect((await promote('left4dead2/cfg/mine.cfg', 987654)).body.code).toBe('unknown-overlay')
      const workshop = await owner.send<Overlay>('POST', '/api/v1/overlays', { name: 'W', kind: 'workshop' })
      expect((await promote('left4dead2/cfg/mine.cfg', workshop.body.id)).body.code).toBe(
        'action-not-allowed',
      )
      plant('left4dead2/addons/plugin.smx', file => writeFileSync(file, 'x'))
      expect((await promote('left4dead2/addons/plugin.smx', target)).body.code).toBe('not-allowed')
      expect(await draft(target)).toEqual([])
    })
  })
})
