import { readAddon, VpkFile } from '@left4me/protocols/client'
import { printable } from '../terminal/printable.ts'
import type { Inspection } from './inspection.ts'

export async function inspectVpk(path: string): Promise<Inspection> {
  await using vpk = await VpkFile.open(path)
  const addon = await readAddon(vpk)
  const bytes = vpk.entries.reduce((sum, entry) => sum + entry.size, 0)
  return {
    json: {
      version: vpk.header.version,
      files: vpk.entries.length,
      duplicates: vpk.duplicates,
      bytes,
      ...addon,
      entries: vpk.entries.map(({ path: name, size, crc32, archive }) => ({
        path: name,
        size,
        crc32,
        archive,
      })),
    },
    rows: [
      ['title', printable(addon.info?.title ?? '')],
      ['VPK version', String(vpk.header.version)],
      ['files', `${vpk.entries.length} with ${bytes} bytes`],
      ['maps', printable(addon.maps.join(', '))],
      ...addon.missions.map(({ mission }) => [
        'campaign',
        printable(`${mission.title ?? mission.name} (${mission.modes.map(({ mode }) => mode).join(', ')})`),
      ]),
      ...addon.problems.map(problem => ['problem', printable(problem)]),
    ],
  }
}
