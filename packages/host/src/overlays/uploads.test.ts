import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { layoutOf } from '../layout.ts'
import { buildUpload } from '../testing/instances.ts'
import { openTestStore } from '../testing/overlay-stores.ts'
import type { TakeUploadOptions } from './overlay-contract.ts'
import type { LocalOverlayStore } from './overlay-store.ts'

describe('an upload', () => {
  let root: string
  let store: LocalOverlayStore

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'left4me-upload-'))
    store = openTestStore(root)
  })

  afterEach(() => rm(root, { recursive: true }))

  const append = (offset: number, content: string | Uint8Array, size = 100_000_000) =>
    store.appendUpload(1, 1, offset, parts(content), size)
  const take = (fileName: string, options: Partial<TakeUploadOptions> = {}) =>
    store.takeUpload(1, 1, fileName, {
      limits: { files: 100, bytes: 10_000_000, ratio: 100 },
      path: null,
      onProgress: () => undefined,
      signal: new AbortController().signal,
      ...options,
    })
  const draft = (path: string) => join(layoutOf(root).overlay(1).draft, path)
  const names = async () => (await store.listDraft(1)).map(({ path }) => path)

  it('goes on where it broke off, also in another process', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('abc')
      throw new Error('connection lost')
    }
    await expect(store.appendUpload(1, 1, 0, broken(), 10)).rejects.toThrow('connection lost')
    const later = openTestStore(root)
    expect(await later.uploadedBytes(1, 1)).toBe(3)
    expect(await later.appendUpload(1, 1, 3, parts('def'), 10)).toBe(6)
    expect(await readFile(join(layoutOf(root).overlay(1).uploads, '1'), 'utf8')).toBe('abcdef')
  })

  it('takes nothing at another offset than its end', async () => {
    await append(0, 'abc')
    for (const offset of [0, 2, 4, -1]) {
      await expect(append(offset, 'x')).rejects.toMatchObject({ code: 'upload-offset' })
      expect(await store.uploadedBytes(1, 1)).toBe(3)
    }
  })

  it('takes no more than it announced, and keeps what it had', async () => {
    await append(0, 'abc', 5)
    await expect(append(3, 'def', 5)).rejects.toMatchObject({ code: 'file-too-large' })
    expect(await store.uploadedBytes(1, 1)).toBe(3)
    expect(await append(3, 'de', 5)).toBe(5)
  })

  it('is written by one at a time', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      await promise
    }
    const first = store.appendUpload(1, 1, 0, slow(), 10)
    await expect(append(0, 'b')).rejects.toMatchObject({ code: 'upload-offset' })
    resolve()
    expect(await first).toBe(1)
  })

  it.each([0, -1, 1.5])('has an id, and %j is none', async id => {
    await expect(store.appendUpload(1, id, 0, parts('x'), 10)).rejects.toMatchObject({ code: 'bad-path' })
  })

  it('that is a VPK becomes an addon, whatever it is called', async () => {
    for (const [name, path] of [
      ['My Map.vpk', 'left4dead2/addons/My Map.vpk'],
      ['download.bin', 'left4dead2/addons/download.vpk'],
      ['../../../etc/passwd', 'left4dead2/addons/passwd.vpk'],
      ['C:\\maps\\a.VPK', 'left4dead2/addons/a.vpk'],
      ['', 'left4dead2/addons/upload.vpk'],
    ] as const) {
      await append(0, emptyVpk)
      expect((await take(name)).files).toEqual([{ path, size: emptyVpk.length }])
      await store.discardUpload(1, 1)
    }
    expect(await names()).toHaveLength(5)
  })

  it('that is an archive is unpacked, whatever it is called, and again without complaint', async () => {
    await append(0, zipOf({ 'left4dead2/cfg/a.cfg': 'hostname a', 'left4dead2/addons/m.vpk': emptyVpk }))
    await store.putDraft(1, 'left4dead2/cfg/a.cfg', parts('old'), 100)
    for (let round = 0; round < 2; round++)
      expect((await take('campaign.vpk')).files.map(({ path }) => path).sort()).toEqual([
        'left4dead2/addons/m.vpk',
        'left4dead2/cfg/a.cfg',
      ])
    expect(await readFile(draft('left4dead2/cfg/a.cfg'), 'utf8')).toBe('hostname a')
    await store.discardUpload(1, 1)
    expect(await names()).toEqual(['left4dead2/addons/m.vpk', 'left4dead2/cfg/a.cfg'])
    expect(await buildUpload(store, 1, 1)).toMatchObject({ files: 2 })
  })

  it('that unpacks to too much, or is broken, changes nothing in the draft', async () => {
    await store.putDraft(1, 'left4dead2/cfg/a.cfg', parts('old'), 100)
    const archive = zipOf({ 'left4dead2/cfg/a.cfg': 'new', 'left4dead2/cfg/b.cfg': 'x'.repeat(5000) })
    for (const [content, limits] of [
      [archive, { files: 1, bytes: 10_000, ratio: 100 }],
      [archive, { files: 10, bytes: 4000, ratio: 100 }],
      [archive.subarray(0, archive.length - 40), { files: 10, bytes: 10_000, ratio: 100 }],
    ] as const) {
      await append(0, content)
      await expect(take('a.zip', { limits })).rejects.toMatchObject({ code: 'archive-refused' })
      await store.discardUpload(1, 1)
      expect(await names()).toEqual(['left4dead2/cfg/a.cfg'])
      expect(await readFile(draft('left4dead2/cfg/a.cfg'), 'utf8')).toBe('old')
    }
  })

  it('that has a file where the draft has a folder changes nothing', async () => {
    await store.putDraft(1, 'left4dead2/cfg/sub/x.cfg', parts('old'), 100)
    await append(0, zipOf({ 'left4dead2/cfg/a.cfg': 'new', 'left4dead2/cfg/sub': 'a file' }))
    await expect(take('a.zip')).rejects.toMatchObject({ code: 'file-refused' })
    expect(await names()).toEqual(['left4dead2/cfg/sub/x.cfg'])
  })

  it('of another kind needs a path, and is refused without one', async () => {
    await append(0, 'hostname x')
    await expect(take('server.cfg')).rejects.toMatchObject({ code: 'file-refused' })
    await expect(take('server.cfg', { path: '../x' })).rejects.toMatchObject({ code: 'bad-path' })
    expect(await names()).toEqual([])
    for (let round = 0; round < 2; round++)
      expect(await take('x', { path: 'left4dead2/cfg/server.cfg' })).toEqual({
        files: [{ path: 'left4dead2/cfg/server.cfg', size: 10 }],
        skipped: [],
      })
    await store.discardUpload(1, 1)
    expect((await stat(draft('left4dead2/cfg/server.cfg'))).nlink).toBe(1)
  })

  it.each([
    ['a rar archive', Buffer.from('526172211a0700', 'hex')],
    ['a gzip archive', Buffer.from('1f8b08', 'hex')],
    ['a web page', Buffer.from('<!DOCTYPE html><title>Not found</title>')],
  ])('that is %s is refused with what to do', async (_, content) => {
    await append(0, content)
    await expect(take('map.vpk')).rejects.toMatchObject({
      code: 'archive-refused',
      remedy: expect.stringMatching(/./),
    })
    expect(await names()).toEqual([])
  })

  it('that never came is refused', async () => {
    await expect(take('a.vpk')).rejects.toMatchObject({ code: 'file-refused' })
  })

  it('is not written through a link', async () => {
    const { uploads } = layoutOf(root).overlay(1)
    await mkdir(uploads, { recursive: true })
    await writeFile(join(root, 'outside'), '')
    await symlink(join(root, 'outside'), join(uploads, '1'))
    await expect(append(0, 'x')).rejects.toMatchObject({ code: 'ELOOP' })
    expect(await readFile(join(root, 'outside'), 'utf8')).toBe('')
  })
})

const emptyVpk = Buffer.from('3412aa55010000000100000000', 'hex')

async function* parts(content: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield Buffer.from(content as string)
}

/** A zip without compression: APPNOTE.TXT of PKWARE. */
function zipOf(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path)
    const content = Buffer.from(text as string)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(crc32(content), 10)
    common.writeUInt32LE(content.length, 14)
    common.writeUInt32LE(content.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), common, name, content])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\0', 'latin1'), common, rest, name]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 0, 'latin1')
  end.writeUInt16LE(central.length, 8)
  end.writeUInt16LE(central.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}
