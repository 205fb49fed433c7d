import { type AddonInfo, parseAddonInfo } from '../content/addon-info.ts'
import { isMapName } from '../content/map-name.ts'
import { type Mission, parseMission } from '../content/mission.ts'
import { ProtocolError } from '../protocol-error.ts'
import type { VpkFile } from './vpk-file.ts'

/** What an addon brings, as far as a server cares. */
export interface AddonSummary {
  /** null when there is none, or it can't be read (then a problem says so). */
  readonly info: AddonInfo | null
  readonly missions: readonly { readonly path: string; readonly mission: Mission }[]
  /** Names of its maps, sorted. */
  readonly maps: readonly string[]
  readonly problems: readonly string[]
}

const maxMissions = 50
const maxTextBytes = 1024 * 1024

/** Reads what an open VPK says of itself: a few small files, whatever its size. Broken texts are problems, no errors. */
export async function readAddon(vpk: VpkFile): Promise<AddonSummary> {
  const problems: string[] = []
  const infoEntry = vpk.find('addoninfo.txt')
  const info = infoEntry === null ? null : await readText(vpk, infoEntry.path, parseAddonInfo, problems)
  const missions: { path: string; mission: Mission }[] = []
  const maps = new Set<string>()
  let missionFiles = 0
  for (const { path } of vpk.entries) {
    const map = /^maps\/([^/]+)\.bsp$/i.exec(path)?.[1]
    if (map !== undefined) {
      if (isMapName(map)) maps.add(map.toLowerCase())
      else problems.push(`${printable(path)}: a map with this name can't be started.`)
    }
    if (!/^missions\/[^/]+\.txt$/i.test(path)) continue
    missionFiles += 1
    if (missionFiles > maxMissions) continue
    const mission = await readText(vpk, path, parseMission, problems)
    if (mission !== null) missions.push({ path, mission })
  }
  if (missionFiles > maxMissions)
    problems.push(`Only ${maxMissions} of ${missionFiles} mission files are read.`)
  return { info, missions, maps: [...maps].sort(), problems }
}

async function readText<T>(
  vpk: VpkFile,
  path: string,
  parse: (bytes: Uint8Array) => T,
  problems: string[],
): Promise<T | null> {
  const entry = vpk.find(path)
  if (entry === null) return null
  try {
    return parse(await vpk.read(entry, { maxBytes: maxTextBytes }))
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    problems.push(`${printable(path)}: ${error.message}`)
    return null
  }
}

function printable(path: string): string {
  return path.replace(/[\0-\x1f\x7f]/g, '\ufffd').slice(0, 200)
}
