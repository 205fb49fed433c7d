import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathComponents } from '../files/relative-path.ts'
import { contentKinds } from './content-kind.ts'
import { placeFiles } from './placement.ts'

const vpk = (path: string) => ({ path, kind: 'vpk' as const })
const other = (path: string) => ({ path, kind: 'other' as const })
const targets = (files: Parameters<typeof placeFiles>[0]) => placeFiles(files).files.map(file => file.to)

describe('files of an archive', () => {
  it('that are VPKs go to addons, wherever they were and whatever they were called', () => {
    expect(
      targets([vpk('a.vpk'), vpk('x/y/B.VPK'), vpk('left4dead2/addons/workshop/c.vpk'), vpk('d_legacy.bin')]),
    ).toEqual([
      'left4dead2/addons/a.vpk',
      'left4dead2/addons/B.vpk',
      'left4dead2/addons/c.vpk',
      'left4dead2/addons/d_legacy.vpk',
    ])
  })

  it('of a set of VPKs stay together', () => {
    expect(targets([vpk('x/big_dir.vpk'), other('x/big_000.vpk'), other('x/big_001.vpk')])).toEqual([
      'left4dead2/addons/big_dir.vpk',
      'left4dead2/addons/big_000.vpk',
      'left4dead2/addons/big_001.vpk',
    ])
    expect(placeFiles([other('x/big_000.vpk')]).skipped).toHaveLength(1)
  })

  it.each([
    ['left4dead2/cfg/a.cfg', 'left4dead2/cfg/a.cfg'],
    ['cfg/a.cfg', 'left4dead2/cfg/a.cfg'],
    ['My plugin 1.2/addons/sourcemod/plugins/a.smx', 'left4dead2/addons/sourcemod/plugins/a.smx'],
    ['pack/v1/Left4Dead2/Addons/x.vdf', 'left4dead2/addons/x.vdf'],
    ['left4dead2/motd.txt', 'left4dead2/motd.txt'],
  ])('keep the game’s tree: %s', (from, to) => {
    expect(targets([other(from)])).toEqual([to])
  })

  it('that are of no use are left out, each with the reason', () => {
    const { files, skipped } = placeFiles([
      other('addons/a.vdf'),
      other('readme.txt'),
      other('docs/manual.txt'),
      { path: 'inner.zip', kind: 'zip' },
      { path: 'fake.vpk', kind: 'web-page' },
    ])
    expect(files).toHaveLength(1)
    expect(skipped).toEqual([
      { path: 'readme.txt', reason: expect.stringContaining('no folder of the game') },
      { path: 'docs/manual.txt', reason: expect.stringContaining('no folder of the game') },
      { path: 'inner.zip', reason: expect.stringContaining('archive in an archive') },
      { path: 'fake.vpk', reason: expect.stringContaining('web page') },
    ])
  })

  it('that would become one are refused, letter case aside', () => {
    expect(() => placeFiles([vpk('a/Map.vpk'), vpk('b/map.vpk')])).toThrow(
      expect.objectContaining({ code: 'archive-refused' }),
    )
  })

  it('never get a path that leads out, and never share one', () => {
    const name = fc.constantFrom(
      'left4dead2',
      'addons',
      'cfg',
      'a',
      'B.vpk',
      'b.vpk',
      '..',
      '',
      '\n',
      'x_dir.vpk',
      'x_000.vpk',
    )
    const path = fc.array(name, { minLength: 1, maxLength: 5 }).map(parts => parts.join('/'))
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ path, kind: fc.constantFrom(...contentKinds) }), {
          selector: file => file.path,
        }),
        files => {
          try {
            const { files: placed, skipped } = placeFiles(files)
            expect(placed.length + skipped.length).toBe(files.length)
            for (const { to } of placed) expect(pathComponents(to)[0]).toBe('left4dead2')
            expect(new Set(placed.map(({ to }) => to.toLowerCase())).size).toBe(placed.length)
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^(archive-refused|bad-path)$/) })
          }
        },
      ),
    )
  })
})
