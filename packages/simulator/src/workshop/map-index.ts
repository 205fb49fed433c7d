import { createHash } from 'node:crypto'
import { packSevenZip } from '../archives/seven-zip-file.ts'
import { packZip } from '../archives/zip-file.ts'
import { packVpk } from '../vpk-file.ts'
import { ballast } from './ballast.ts'
import { landscape } from './picture.ts'

/** What the simulated map index offers: one of each kind that there is. */
const indexNames = ['harbour_arena.zip', 'lantern_maps.7z', 'cargo_yard.vpk', 'old_mill.vpk'] as const
type IndexName = (typeof indexNames)[number]

export const indexTroubles = [
  'none',
  'wrong-md5',
  'wrong-size',
  'bad-line',
  'twice',
  'web-page',
  'missing',
  'shorter',
  'outside',
] as const
export type IndexTrouble = (typeof indexTroubles)[number]

const made = new Map<string, Buffer>()

/** null for a name that isn't offered. */
export function indexFile(name: string): Buffer | null {
  const wanted = indexNames.find(known => known === name)
  if (wanted === undefined) return null
  const before = made.get(wanted)
  if (before) return before
  const content = makers[wanted]()
  made.set(wanted, content)
  return content
}

/** `name;size;md5;link`, a line for each file. */
export function indexText(origin: string, trouble: IndexTrouble): string {
  const names = trouble === 'shorter' ? indexNames.slice(0, 2) : indexNames
  const lines = names.map((name, at) => {
    const content = indexFile(name) ?? Buffer.alloc(0)
    const last = at === names.length - 1
    const size = content.length + (trouble === 'wrong-size' && last ? 1 : 0)
    const sum = createHash('md5')
      .update(trouble === 'wrong-md5' && last ? '' : content)
      .digest('hex')
    const shownName = trouble === 'outside' && last ? '../../outside.vpk' : name
    return `${shownName};${size};${sum};${origin}/map-index/files/${name}`
  })
  if (trouble === 'bad-line') lines.splice(1, 0, 'this is no line of an index')
  if (trouble === 'twice') lines.push(lines[0] ?? '')
  return `name;size;md5;link\n${lines.join('\n')}\n`
}

const makers: Readonly<Record<IndexName, () => Buffer>> = {
  'harbour_arena.zip': () =>
    packZip([
      {
        path: 'harbour_arena.vpk',
        content: campaign('harbourarena', 'Harbour Arena (simulated)', 'survival', 400_000),
      },
      { path: 'readme.txt', content: Buffer.from('Put the VPK into addons.\n'), deflated: true },
    ]),
  'lantern_maps.7z': () =>
    packSevenZip([
      {
        path: 'left4dead2/addons/lantern_maps.vpk',
        content: campaign('lanternmaps', 'Lantern Maps (simulated)', 'coop', 600_000),
      },
      { path: 'left4dead2/cfg/lantern.cfg', content: Buffer.from('// Lantern Maps\nsv_consistency 0\n') },
    ]),
  'cargo_yard.vpk': () => campaign('cargoyard', 'Cargo Yard (simulated)', 'scavenge', 300_000),
  'old_mill.vpk': () =>
    packZip([
      {
        path: 'old_mill.vpk',
        content: campaign('oldmill', 'Old Mill (simulated)', 'coop', 200_000),
        deflated: true,
      },
    ]),
}

function campaign(name: string, title: string, mode: string, bytes: number): Buffer {
  const mission = `"mission"\n{\n\t"Name"\t"${name}"\n\t"DisplayTitle"\t"${title}"\n\t"modes"\n\t{\n\t\t"${mode}"\n\t\t{\n\t\t\t"1"\n\t\t\t{\n\t\t\t\t"Map"\t"${name}_m1"\n\t\t\t\t"DisplayName"\t"${title}"\n\t\t\t}\n\t\t}\n\t}\n}\n`
  return packVpk([
    {
      path: 'addoninfo.txt',
      content: Buffer.from(
        `"AddonInfo"\n{\n\taddonSteamAppID\t550\n\taddontitle\t"${title}"\n\taddonauthor\t"left4me simulator"\n}\n`,
      ),
    },
    { path: 'addonimage.jpg', content: landscape(bytes, 320, 180) },
    { path: `missions/${name}.txt`, content: Buffer.from(mission) },
    { path: `maps/${name}_m1.bsp`, content: Buffer.from(`VBSP simulated ${name}\n`) },
    { path: `sound/${name}.wav`, content: Buffer.concat([...ballast(0, bytes)]) },
  ])
}
