import { gamePathOf, mapOf } from '../game-path.ts'
import type { LayerFile } from '../layers/layer-index.ts'
import { findOfficialMap } from '../official-campaigns.ts'
import type { Findings } from './finding.ts'

const setIdBits = 0o6000
const executeBits = 0o111
const readBits = 0o444

/** What is run by its own name. */
const programs = /(?:^|\/)(?:srcds_run|srcds_linux|hlds_run)$|\.sh$/

/** Files of the installation that nothing should replace by accident, and what happens if it does. */
const officialFiles: readonly (readonly [RegExp, string])[] = [
  [
    /^left4dead2\/gameinfo\.txt$/i,
    'gameinfo.txt says where the game looks for everything, and comes with the game.',
  ],
  [/^left4dead2\/steam\.inf$/i, 'steam.inf tells the game’s version: players can’t join with a wrong one.'],
  [/^srcds_run$|^srcds_linux$/, 'This is the program that every server is started with.'],
  [/^(?:left4dead2\/)?bin\/[^/]+\.so$/i, 'This is a part of the game’s own program.'],
  [
    /^(?:left4dead2|update|left4dead2_dlc\d|hl2)\/pak\d+_(?:dir|\d{3})\.vpk$/i,
    'The game’s own content is in here.',
  ],
  [
    /^left4dead2\/cfg\/valve\.rc$/i,
    'The game executes valve.rc when it starts, and hangs without what is in it.',
  ],
]

/** Modes, and names that the installation has too. Nothing is read. */
export function checkFiles(files: readonly LayerFile[], findings: Findings): void {
  for (const { path, mode } of files) {
    if ((mode & setIdBits) !== 0)
      findings.add('set-id-program', path, `It would run as its owner (mode ${mode.toString(8)}).`)
    if (programs.test(path) && (mode & executeBits) === 0)
      findings.add(
        'program-not-executable',
        path,
        `A program that nobody may execute (mode ${mode.toString(8)}).`,
      )
    if ((mode & readBits) === 0)
      findings.add(
        'file-not-readable',
        path,
        `Nobody may read it (mode ${mode.toString(8).padStart(3, '0')}).`,
      )
  }
}

/** For layers that stand above the installation. */
export function checkOfficialFiles(files: readonly LayerFile[], findings: Findings): void {
  for (const { path } of files) {
    const official = officialFiles.find(([pattern]) => pattern.test(path))
    if (official !== undefined) findings.add('official-file-replaced', path, official[1])
    const map = mapOf(gamePathOf(path)?.path ?? '')
    if (map !== null) checkOfficialMap(map, path, findings)
  }
}

export function checkOfficialMap(map: string, path: string, findings: Findings): void {
  const official = findOfficialMap(map)
  if (official !== null)
    findings.add(
      'map-replaces-official',
      path,
      `${map} is a map of the official campaign ${official.campaign.title}.`,
    )
}
