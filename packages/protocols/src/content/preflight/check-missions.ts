import { type IndexedMission, joined, type LayerIndex } from '../layers/layer-index.ts'
import { looseMapsOf, mapsOfVpk } from '../layers/maps-of.ts'
import { isMapName } from '../map-name.ts'
import { findOfficialMap, officialCampaigns } from '../official-campaigns.ts'
import { checkOfficialMap } from './check-files.ts'
import type { Findings } from './finding.ts'

const officialIds: ReadonlyMap<string, string> = new Map(
  officialCampaigns.map(({ id, title }) => [id.toLowerCase(), title]),
)

/** Campaigns and maps of a layer that stands above the installation, loose and in VPKs, held against each other. */
export function checkMissions(index: LayerIndex, findings: Findings): void {
  const missions = [
    ...index.missions.map(mission => ({ mission, path: mission.path })),
    ...index.vpks.flatMap(vpk =>
      vpk.missions.map(mission => ({ mission, path: joined(vpk.path, mission.path) })),
    ),
  ]
  const maps = [
    ...looseMapsOf(index),
    ...index.vpks.flatMap(vpk =>
      mapsOfVpk(vpk).map(map => ({ map, path: joined(vpk.path, `maps/${map}.bsp`) })),
    ),
  ]
  const present = new Set(maps.map(({ map }) => map))
  const played = new Set(missions.flatMap(({ mission }) => mapsOfMission(mission)))
  for (const { mission, path } of missions) {
    const official = officialIds.get(mission.name.toLowerCase())
    if (official !== undefined)
      findings.add('mission-replaces-official', path, `It has the name of the official campaign ${official}.`)
    const missing = mapsOfMission(mission).filter(map => !present.has(map) && findOfficialMap(map) === null)
    if (missing.length > 0)
      findings.add(
        'mission-map-missing',
        path,
        `“${mission.title ?? mission.name}” plays ${missing.slice(0, 5).join(', ')}, which this layer doesn’t have.`,
      )
  }
  for (const { map, path } of maps) {
    // Loose ones are told with the other official files.
    if (path.toLowerCase().includes('.vpk/')) checkOfficialMap(map, path, findings)
    else if (!isMapName(map))
      findings.add('map-name-unusable', path, 'A map with this name can’t be started.')
    if (isMapName(map) && !played.has(map) && findOfficialMap(map) === null)
      findings.add('map-without-mission', path, `No mission file of this layer plays the map ${map}.`)
  }
}

/** Each once, in lower case. */
export function mapsOfMission(mission: IndexedMission): string[] {
  const maps = mission.modes.flatMap(({ chapters }) => chapters.map(({ map }) => map.toLowerCase()))
  return [...new Set(maps)]
}
