import { execFileSync } from 'node:child_process'
import { mkdtempDisposable, open, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildVpk, type VpkBuilderFile } from '../testing/vpk-builder.ts'
import { readAddon } from './addon.ts'
import { VpkFile } from './vpk-file.ts'

const folder = () => mkdtempDisposable(join(tmpdir(), 'left4me-vpk-'))

async function written(path: string, files: readonly VpkBuilderFile[], version: 1 | 2 = 1): Promise<string> {
  await writeFile(path, buildVpk(files, version).directory)
  return path
}

async function text(vpk: VpkFile, path: string, range = {}): Promise<string> {
  const entry = vpk.find(path)
  if (entry === null) throw new Error(`${path} is not in the VPK.`)
  return Buffer.from(await vpk.read(entry, range)).toString()
}

describe('VpkFile', () => {
  test.each([1, 2] as const)(
    'reads whole files and ranges of version %d, preloaded bytes included',
    async version => {
      await using temporary = await folder()
      const path = await written(
        join(temporary.path, 'a.vpk'),
        [
          { path: 'first.txt', content: 'before' },
          { path: 'maps/a.txt', content: '0123456789', preload: 4 },
          { path: 'all.txt', content: 'preloaded', preload: 9 },
        ],
        version,
      )
      await using vpk = await VpkFile.open(path)
      expect(await text(vpk, 'MAPS/A.txt')).toBe('0123456789')
      expect(await text(vpk, 'all.txt')).toBe('preloaded')
      expect(await text(vpk, 'maps/a.txt', { from: 2, length: 5 })).toBe('23456')
      expect(await text(vpk, 'maps/a.txt', { from: 5, length: 2 })).toBe('56')
      expect(await text(vpk, 'maps/a.txt', { from: 1, length: 2 })).toBe('12')
      expect(await text(vpk, 'maps/a.txt', { from: 8, length: 99 })).toBe('89')
      expect(await text(vpk, 'maps/a.txt', { from: 99 })).toBe('')
      expect(vpk.find('missing')).toBeNull()
    },
  )

  test('reads a set of archives, and names the one that is missing or too short', async () => {
    await using temporary = await folder()
    const files = [0, 1, 2].map(archive => ({ path: `${archive}.txt`, content: `of ${archive}`, archive }))
    const { directory, archives } = buildVpk(files)
    await writeFile(join(temporary.path, 'pak_dir.vpk'), directory)
    await writeFile(join(temporary.path, 'pak_000.vpk'), archives.get(0) ?? '')
    await writeFile(join(temporary.path, 'pak_001.vpk'), 'x')
    await using vpk = await VpkFile.open(join(temporary.path, 'pak_dir.vpk'))
    expect(await Promise.all([text(vpk, '0.txt'), text(vpk, '0.txt')])).toEqual(['of 0', 'of 0'])
    await expect(text(vpk, '1.txt')).rejects.toMatchObject({ code: 'malformed' })
    await expect(text(vpk, '2.txt')).rejects.toMatchObject({
      code: 'malformed',
      remedy: expect.stringContaining('pak_002.vpk'),
    })
  })

  test('refuses content in an archive when it is no set', async () => {
    await using temporary = await folder()
    const path = await written(join(temporary.path, 'a.vpk'), [{ path: 'a.txt', content: 'x', archive: 0 }])
    await using vpk = await VpkFile.open(path)
    await expect(text(vpk, 'a.txt')).rejects.toMatchObject({ code: 'malformed' })
  })

  test('gives no more bytes than asked for', async () => {
    await using temporary = await folder()
    const path = await written(join(temporary.path, 'a.vpk'), [{ path: 'a.txt', content: '0123456789' }])
    await using vpk = await VpkFile.open(path)
    await expect(text(vpk, 'a.txt', { maxBytes: 9 })).rejects.toMatchObject({ code: 'too-large' })
    expect(await text(vpk, 'a.txt', { length: 9, maxBytes: 9 })).toBe('012345678')
  })

  test('lists a sparse file of two gigabytes without reading its content', async () => {
    await using temporary = await folder()
    const path = join(temporary.path, 'large.vpk')
    const size = 2 * 1024 ** 3
    const { directory } = buildVpk([{ path: 'a.bin', content: '' }])
    await writeFile(path, directory)
    const handle = await open(path, 'r+')
    await handle.truncate(size)
    await handle.close()
    await using vpk = await VpkFile.open(path)
    expect(vpk.entries).toHaveLength(1)
  })

  test('opens neither folders nor FIFOs, and does not wait for a writer', async () => {
    await using temporary = await folder()
    const fifo = join(temporary.path, 'fifo.vpk')
    execFileSync('mkfifo', [fifo])
    await expect(VpkFile.open(fifo)).rejects.toMatchObject({ code: 'malformed' })
    await expect(VpkFile.open(temporary.path)).rejects.toMatchObject({ code: 'malformed' })
    await expect(VpkFile.open(join(temporary.path, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('refuses an empty file and an archive of another kind', async () => {
    await using temporary = await folder()
    const path = join(temporary.path, 'a.vpk')
    await writeFile(path, '')
    await expect(VpkFile.open(path)).rejects.toMatchObject({ code: 'malformed' })
    await writeFile(path, Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]))
    await expect(VpkFile.open(path)).rejects.toMatchObject({ message: expect.stringContaining('zip') })
  })
})

describe('readAddon', () => {
  test('finds title, campaigns and maps, and says what is broken', async () => {
    await using temporary = await folder()
    const path = await written(join(temporary.path, 'a.vpk'), [
      { path: 'addoninfo.txt', content: '"AddonInfo" { addontitle "Test" addonContent_Campaign 1 }' },
      { path: 'missions/a.txt', content: '"mission" { Name "A" modes { coop { "1" { Map "m1" } } } }' },
      { path: 'missions/b.txt', content: '{' },
      { path: 'missions/deeper/c.txt', content: 'not looked at' },
      { path: 'Maps/M1.bsp', content: 'x' },
      { path: 'maps/bad name.bsp', content: 'x' },
      { path: 'maps/m1.nav', content: 'x' },
    ])
    await using vpk = await VpkFile.open(path)
    expect(await readAddon(vpk)).toMatchObject({
      info: { title: 'Test', content: ['campaign'] },
      missions: [{ path: 'missions/a.txt', mission: { name: 'A' } }],
      maps: ['m1'],
      problems: [expect.stringContaining('missions/b.txt'), expect.stringContaining('maps/bad name.bsp')],
    })
  })

  test('is content with nothing', async () => {
    await using temporary = await folder()
    await using vpk = await VpkFile.open(await written(join(temporary.path, 'a.vpk'), []))
    expect(await readAddon(vpk)).toEqual({ info: null, missions: [], maps: [], problems: [] })
  })
})
