import { ProtocolError } from '../../protocol-error.ts'
import { type AddonInfo, parseAddonInfo } from '../addon-info.ts'
import { isMissionFile, mapOf } from '../game-path.ts'
import { isMapName } from '../map-name.ts'
import { type Mission, parseMission } from '../mission.ts'
import { printablePath } from '../printable-path.ts'
import type { ReadableVpk } from './readable-vpk.ts'

export interface AddonInspection {
  /** null when there is none, or it can't be read (then a problem says so). */
  readonly info: AddonInfo | null
  readonly missions: readonly { readonly path: string; readonly mission: Mission }[]
  /** Names of its maps in lower case, sorted. */
  readonly maps: readonly string[]
  readonly problems: readonly AddonProblem[]
}

export interface AddonProblem {
  readonly code: 'addoninfo-unreadable' | 'mission-unreadable' | 'map-name-unusable'
  /** Within the VPK. */
  readonly path: string
  readonly message: string
}

const maxMissions = 50
const maxTextBytes = 1024 * 1024

/** Reads what an open VPK says of itself: a few small files, whatever its size. Broken texts are problems, no errors. */
export async function inspectAddon(vpk: ReadableVpk): Promise<AddonInspection> {
  const problems: AddonProblem[] = []
  const read = async <T>(code: AddonProblem['code'], path: string, parse: (bytes: Uint8Array) => T) => {
    const entry = vpk.find(path)
    if (entry === null) return null
    try {
      return parse(await vpk.read(entry, { maxBytes: maxTextBytes }))
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      problems.push({ code, path: entry.path, message: error.message })
      return null
    }
  }
  const info = await read('addoninfo-unreadable', 'addoninfo.txt', parseAddonInfo)
  const missions: { path: string; mission: Mission }[] = []
  const maps = new Set<string>()
  let missionFiles = 0
  for (const { path } of vpk.entries) {
    const map = mapOf(path)
    if (map !== null) {
      if (isMapName(map)) maps.add(map)
      else
        problems.push({ code: 'map-name-unusable', path, message: 'a map with this name can’t be started.' })
    }
    if (!isMissionFile(path)) continue
    missionFiles += 1
    if (missionFiles > maxMissions) continue
    const mission = await read('mission-unreadable', path, parseMission)
    if (mission !== null) missions.push({ path, mission })
  }
  if (missionFiles > maxMissions)
    problems.push({
      code: 'mission-unreadable',
      path: 'missions',
      message: `only ${maxMissions} of ${missionFiles} mission files are read.`,
    })
  return { info, missions, maps: [...maps].sort(), problems }
}

/** One line for a person. */
export function addonProblemText({ path, message }: AddonProblem): string {
  return `${printablePath(path)}: ${message}`
}
