import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startSimulatedServer } from '../start-servers.ts'
import { packVpk } from '../vpk-file.ts'
import { mountAddons } from './addons.ts'

let root = ''
const game = (...path: string[]): string => join(root, 'left4dead2', ...path)
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'simulator-addons-'))
  for (const folder of ['addons', 'cfg', 'maps']) mkdirSync(game(folder), { recursive: true })
  writeFileSync(game('cfg/valve.rc'), '')
  writeFileSync(game('maps/c1m1_hotel.bsp'), '')
})
afterEach(() => rmSync(root, { recursive: true }))

const campaign = (map: string): Buffer =>
  packVpk([
    { path: 'addoninfo.txt', content: Buffer.from('x') },
    { path: `maps/${map}.bsp`, content: Buffer.from('map') },
    { path: `maps/soundcache/${map}.cache`, content: Buffer.alloc(0) },
  ])

describe('addons', () => {
  it('bring their maps, also to map and changelevel', async () => {
    writeFileSync(game('addons/mine.vpk'), campaign('My_Map'))
    await using server = await startSimulatedServer({ root })
    server.input('changelevel my_map')
    await expect.poll(() => server.game.map).toBe('my_map')
    server.input('maps *')
    expect(server.output()).toContain('PENDING:   (fs) c1m1_hotel.bsp\nPENDING:   (fs) my_map.bsp\n')
  })

  it('are listed in addonlist.txt, which keeps what it switches off', () => {
    writeFileSync(game('addons/a.vpk'), campaign('map_a'))
    writeFileSync(game('addons/b.vpk'), campaign('map_b'))
    writeFileSync(game('addonlist.txt'), '"AddonList"\n{\n\t"A.VPK"\t"0"\n\t"gone.vpk"\t"1"\n}\n')
    expect(mountAddons(game())).toEqual({ maps: ['map_b'], broken: [] })
    expect(readFileSync(game('addonlist.txt'), 'utf8')).toBe(
      '"AddonList"\n{\n\t"a.vpk"\t\t"0"\n\t"b.vpk"\t\t"1"\n}\n',
    )
  })

  it.each([
    ['a ZIP', Buffer.from('PK\x03\x04 and so on, and so on, and so on')],
    ['nothing', Buffer.alloc(0)],
    ['a file that is cut', campaign('x').subarray(0, 40)],
    ['a directory larger than the file', Buffer.from('3412aa5501000000ffffff0000000000', 'hex')],
    ['an entry without its end', Buffer.from(campaign('x')).fill(0, 30, 50)],
  ])('that are %s are named and skipped, or make it crash', async (_, bytes) => {
    writeFileSync(game('addons/broken.vpk'), bytes)
    writeFileSync(game('addons/good.vpk'), campaign('good_map'))
    expect(mountAddons(game())).toEqual({ maps: ['good_map'], broken: ['broken.vpk'] })
    await expect(startSimulatedServer({ root, switches: { 'crash-on-bad-vpk': true } })).rejects.toThrow(
      'CPackedStore: left4dead2/addons/broken.vpk is not a valid VPK',
    )
  })

  it('never stop a start, whatever their bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(60), fc.nat(255), (tail, at, value) => {
        const damaged = campaign('x')
        damaged.writeUInt8(value, at)
        writeFileSync(game('addons/a.vpk'), Buffer.concat([Buffer.from('3412aa5501000000', 'hex'), tail]))
        writeFileSync(game('addons/b.vpk'), damaged)
        const { maps, broken } = mountAddons(game())
        expect(maps.length + broken.length).toBeLessThan(100)
      }),
    )
  })

  it('can be Metamod and SourceMod, whose plugins are listed by their files', async () => {
    writeFileSync(game('addons/metamod.vdf'), '')
    mkdirSync(game('addons/sourcemod/plugins'), { recursive: true })
    writeFileSync(game('addons/sourcemod/plugins/votes.smx'), '')
    await using server = await startSimulatedServer({ root })
    server.input('sm plugins list')
    expect(server.output()).toContain('[SM] Listing 1 plugins:\n  01 "votes" (1.0) by unknown\n')
  })
})

describe('a game tree', () => {
  it('has autoexec.cfg run once, and its console written by -condebug', async () => {
    writeFileSync(game('cfg/autoexec.cfg'), 'echo once upon a time\nhostname early\n')
    writeFileSync(game('cfg/server.cfg'), 'z_difficulty Hard\n')
    await using server = await startSimulatedServer({ root, commandLine: ['-condebug'] })
    server.input('changelevel c1m1_hotel')
    await expect.poll(() => server.game.mapsPlayed).toBe(2)
    expect(server.output().match(/once upon a time/g)).toHaveLength(1)
    expect(readFileSync(game('console.log'), 'utf8')).toBe(server.output())
  })

  it('never runs a file outside of cfg, nor reads one', async () => {
    writeFileSync(join(root, 'secret.cfg'), 'echo leaked')
    await using server = await startSimulatedServer({ root })
    server.input('exec ../../secret.cfg')
    expect(server.output()).not.toContain('leaked')
    expect(server.output()).toContain("exec: couldn't exec ../../secret.cfg\n")
  })

  it('keeps permanent bans where exec finds them', async () => {
    const server = await startSimulatedServer({ root })
    server.input('banid 0 "STEAM_1:0:7"')
    server.input('banid 5 "STEAM_1:0:8"')
    server.input('writeid')
    await server.stop()
    expect(readFileSync(game('cfg/banned_user.cfg'), 'utf8')).toBe('banid 0 "STEAM_1:0:7"\n')
    await using again = await startSimulatedServer({ root })
    again.input('exec banned_user.cfg')
    again.input('listid')
    expect(again.output()).toContain('1 STEAM_1:0:7 : permanent\n')
  })
})
