import type { ContentPlace, ServerContent, ServerLayer } from '../layers/server-content.ts'
import { printablePath } from '../printable-path.ts'
import type { Conflict } from './conflict.ts'
import { type ConflictWriter, counted } from './conflict-writer.ts'

/** Campaigns with one `Name`, and maps with one name, that different places bring. */
export function campaignConflicts(
  content: ServerContent,
  layers: readonly ServerLayer[],
  writer: ConflictWriter,
): Conflict[] {
  const places = new DistinctPlaces(content, layers)
  const byName = Map.groupBy(content.missions, ({ mission }) => mission.name.toLowerCase())
  const conflicts: Conflict[] = []
  for (const missions of byName.values()) {
    const found = places.of(missions.map(({ place }) => place))
    if (found.length < 2) continue
    const name = missions[0]?.mission.name ?? ''
    const what = `A campaign with the name ${printablePath(name)} is`
    conflicts.push(writer.write('same-mission', { subjects: [name], places: found, winner: null, what }))
  }
  const groups = new Map<string, { readonly places: readonly ContentPlace[]; readonly maps: string[] }>()
  for (const [map, all] of content.maps) {
    const found = places.of(all)
    if (found.length < 2) continue
    const key = found.map(({ layer, vpk }) => `${layer} ${vpk}`).join('\n')
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { places: found, maps: [map] })
    else known.maps.push(map)
  }
  for (const { places: found, maps } of groups.values()) {
    const subjects = maps.sort()
    // Among loose ones the game's search order tells; beside a VPK it isn't certain.
    const winner = found.every(({ vpk }) => vpk === null) ? 0 : null
    const what = `${counted(subjects, 'The map', 'maps')} ${subjects.length === 1 ? 'is' : 'are'}`
    conflicts.push(writer.write('same-map', { subjects, places: found, winner, what }))
  }
  return conflicts
}

/** Leaves out what is no conflict: copies of one VPK, and what the installation has twice by itself. */
class DistinctPlaces {
  readonly #layers: readonly ServerLayer[]
  readonly #identities: ReadonlyMap<string, string>

  constructor({ vpks }: ServerContent, layers: readonly ServerLayer[]) {
    this.#layers = layers
    this.#identities = new Map(
      vpks.map(({ layer, vpk }) => [`${layer} ${vpk.path}`, vpk.identity ?? vpk.path]),
    )
  }

  of(places: readonly ContentPlace[]): ContentPlace[] {
    const seen = new Set<string>()
    const distinct = places.filter(({ layer, vpk, path }) => {
      const key = vpk === null ? `${layer} ${path}` : (this.#identities.get(`${layer} ${vpk}`) ?? vpk)
      return !seen.has(key) && seen.add(key)
    })
    const onlyInstallation = distinct.every(({ layer }) => this.#layers[layer]?.installation === true)
    return onlyInstallation ? [] : distinct
  }
}
