import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { addons, checked, elf, findingCases, library, plain } from '../../testing/finding-cases.ts'
import { type MemoryFiles, memoryLayer, mission, vpk } from '../../testing/memory-layer.ts'
import { findingCodes, findingKinds } from './finding.ts'
import { inspectLayer } from './inspect-layer.ts'

const inspect = (files: MemoryFiles) =>
  inspectLayer(memoryLayer(files), { kind: 'overlay', checksumBytes: 5000 })
const codesOf = async (files: MemoryFiles) => (await inspect(files)).findings.map(({ code }) => code)

describe('each kind of finding is found where it is, and not beside it', () => {
  test.each(findingCodes)('%s', async code => {
    for (const [at, files] of findingCases[code].found.entries())
      expect(await codesOf(files), `found[${at}]`).toContain(code)
    for (const [at, files] of findingCases[code].not.entries())
      expect(await codesOf(files), `not[${at}]`).not.toContain(code)
  })
})

describe('inspectLayer', () => {
  test('finds nothing wrong in a usual campaign and plugin', async () => {
    const inspection = await inspect({
      [`${addons}/123456789.vpk`]: vpk([
        { path: 'missions/a.txt', content: mission('a', ['m1']), crc32: crc32(mission('a', ['m1'])) },
        { path: 'maps/m1.bsp', content: 'x', crc32: crc32('x') },
      ]),
      [`${addons}/sourcemod/plugins/a.smx`]: 'x',
      [`${addons}/sourcemod/extensions/a.autoload`]: '',
      'left4dead2/cfg/sourcemod/a.cfg': 'sm_a 1\n',
    })
    expect(inspection.findings).toEqual([])
    expect(inspection.sourceMod.plugins).toEqual([
      { name: 'a', path: `${addons}/sourcemod/plugins/a.smx`, enabled: true },
    ])
  })

  test('orders findings by severity and path, whatever the order of the files', async () => {
    const files: MemoryFiles = {
      'z.sh': 'x',
      b: { content: 'x', mode: 0o4755 },
      a: { content: 'x', mode: 0o4755 },
      [library]: elf(32, 3),
    }
    const forwards = await inspect(files)
    const backwards = await inspect(Object.fromEntries(Object.entries(files).reverse()))
    expect(forwards.findings.map(({ severity, path }) => `${severity} ${path}`)).toEqual([
      'error a',
      'error b',
      'warning z.sh',
      `note ${library}`,
    ])
    expect(backwards.findings).toEqual(forwards.findings)
    expect(forwards.nativeCode).toEqual([library])
  })

  test('says what to do in each finding, and shows no control characters of strangers', async () => {
    const { findings } = await inspect({
      'a\u001b[2J\n.sh': 'x',
      [`${addons}/a.vpk`]: vpk({ '../\u0007': 'x' }),
    })
    expect(findings.length).toBeGreaterThan(2)
    for (const { code, path, message, remedy } of findings) {
      expect(remedy).toBe(findingKinds[code][1])
      expect(path + message).not.toMatch(/[\0-\x1f]/)
    }
  })

  test('keeps the first hundred of a kind and counts the others', async () => {
    const files = Object.fromEntries(Array.from({ length: 130 }, (_value, at) => [`${at}.sh`, 'x']))
    const { findings, omittedFindings } = await inspect(files)
    expect([findings.length, omittedFindings]).toEqual([100, 30])
  })

  test('holds nothing against the installation, whose own files they are', async () => {
    const files: MemoryFiles = {
      'left4dead2/gameinfo.txt': '',
      'left4dead2/maps/c1m1_hotel.bsp': 'x',
      'left4dead2/missions/campaign1.txt': mission('L4D2C1', ['c1m1_hotel']),
      'left4dead2/pak01_dir.vpk': 'not opened',
    }
    const { findings, index } = await inspectLayer(memoryLayer(files), { kind: 'installation' })
    expect(findings).toEqual([])
    expect(index.missions.map(({ name }) => name)).toEqual(['L4D2C1'])
    expect(await codesOf(files)).toContain('official-file-replaced')
  })

  test('compares checksums only as far as it is allowed to', async () => {
    const files = { [`${addons}/a.vpk`]: checked('abc', 1) }
    const bytes = async (checksumBytes: number) =>
      (await inspectLayer(memoryLayer(files), { kind: 'overlay', checksumBytes })).checkedBytes
    expect(await Promise.all([bytes(0), bytes(2), bytes(3)])).toEqual([0, 0, 3])
    const unchecked = await inspectLayer(memoryLayer(files), { kind: 'overlay' })
    expect(unchecked.findings).toEqual([])
  })

  test('stops when it is told to, and passes on errors that aren’t the content’s', async () => {
    const files = plain('a.vpk')
    await expect(
      inspectLayer(memoryLayer(files), { kind: 'overlay', signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough')
    const broken = { ...memoryLayer(files), openVpk: () => Promise.reject(new Error('EIO')) }
    await expect(inspectLayer(broken, { kind: 'overlay' })).rejects.toThrow('EIO')
  })

  test('reads 64-bit programs of Metamod and SourceMod as what they are: unused', async () => {
    const { findings, nativeCode } = await inspect({
      [`${addons}/metamod/bin/linux64/server.so`]: elf(64, 62),
    })
    expect(findings).toEqual([])
    expect(nativeCode).toHaveLength(1)
  })
})
