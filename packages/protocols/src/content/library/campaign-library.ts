import { compareText } from '../compare-text.ts'
import { workshopIdOf } from '../game-path.ts'
import type { IndexedMission } from '../layers/layer-index.ts'
import type { ContentPlace, ServerContent, ServerLayer, VisibleMission } from '../layers/server-content.ts'
import { type OfficialCampaign, officialCampaigns, officialModes } from '../official-campaigns.ts'
import { mapsOfMission } from '../preflight/check-missions.ts'
import type { Campaign, CampaignMode } from './campaign.ts'

export interface CampaignLibrary {
  /** Official ones in their order, then the others by title. */
  readonly campaigns: readonly Campaign[]
  /** Maps that no campaign plays, by name: they can only be started by that. */
  readonly otherMaps: readonly { readonly map: string; readonly place: ContentPlace }[]
}

/** The campaigns out of what a server has, the official ones included. */
export function campaignLibrary(content: ServerContent, layers: readonly ServerLayer[]): CampaignLibrary {
  // Without the index of an installation nobody knows its maps: they are taken as there.
  const known = layers.some(({ installation }) => installation === true)
  const isPresent = (map: string) => content.maps.has(map) || (!known && officialMaps.has(map))
  const reader = new CampaignReader(content, isPresent)
  const missions = content.missions.filter(
    ({ place, mission }) =>
      layers[place.layer]?.installation !== true || !officialIds.has(mission.name.toLowerCase()),
  )
  const custom = missions.map(found => reader.custom(found))
  const replaced = new Set(custom.map(({ id }) => id.toLowerCase()))
  const official = officialCampaigns
    .filter(({ id }) => !replaced.has(id.toLowerCase()))
    .map(campaign => reader.official(campaign))
  const campaigns = [...official, ...custom].sort(
    (a, b) =>
      officialNumber(a) - officialNumber(b) ||
      compareText(a.title.toLowerCase(), b.title.toLowerCase()) ||
      compareText(a.id, b.id) ||
      compareText(a.origin?.vpk ?? '', b.origin?.vpk ?? ''),
  )
  const played = new Set([...campaigns.flatMap(({ maps }) => maps), ...officialMaps])
  const otherMaps = [...content.maps]
    .flatMap(([map, [place]]) => (played.has(map) || place === undefined ? [] : [{ map, place }]))
    .filter(({ place }) => layers[place.layer]?.installation !== true)
    .sort((a, b) => compareText(a.map, b.map))
  return { campaigns, otherMaps }
}

const officialIds = new Map(officialCampaigns.map(campaign => [campaign.id.toLowerCase(), campaign]))
const officialMaps = new Set(officialCampaigns.flatMap(({ chapters }) => chapters.map(({ map }) => map)))

function officialNumber({ id }: Campaign): number {
  return officialIds.get(id.toLowerCase())?.number ?? Number.MAX_SAFE_INTEGER
}

class CampaignReader {
  readonly #content: ServerContent
  readonly #isPresent: (map: string) => boolean

  constructor(content: ServerContent, isPresent: (map: string) => boolean) {
    this.#content = content
    this.#isPresent = isPresent
  }

  official(campaign: OfficialCampaign): Campaign {
    const { id, title, survivorSet, chapters } = campaign
    const maps = chapters.map(({ map }) => map)
    const modes = officialModes
      .map(mode => ({
        mode,
        chapters: chapters
          .filter(chapter => chapter.modes.includes(mode))
          .map(({ number, map }) => ({ number, map, title: null, present: this.#isPresent(map) })),
      }))
      .filter(mode => mode.chapters.length > 0)
    return {
      id,
      title,
      official: true,
      description: null,
      author: null,
      version: null,
      website: null,
      survivorSet,
      modes,
      maps,
      missingMaps: maps.filter(map => !this.#isPresent(map)),
      image: null,
      size: this.#looseBytes(maps),
      origin: null,
      workshopId: null,
    }
  }

  custom({ place, vpk, mission }: VisibleMission): Campaign {
    const maps = mapsOfMission(mission)
    const official = officialIds.get(mission.name.toLowerCase())
    const { layer } = place
    return {
      id: mission.name,
      title: official?.title ?? plain(mission.title) ?? vpk?.title ?? mission.name,
      official: official !== undefined,
      description: plain(mission.description),
      author: mission.author ?? vpk?.author ?? null,
      version: mission.version ?? vpk?.version ?? null,
      website: mission.website,
      survivorSet: mission.survivorSet,
      modes: this.#modes(mission),
      maps,
      missingMaps: maps.filter(map => !this.#isPresent(map)),
      image: vpk === null || vpk.image === null ? null : { ...vpk.image, layer, vpk: vpk.path },
      size: vpk?.size ?? this.#looseBytes(maps),
      origin: place,
      workshopId: vpk === null ? null : workshopIdOf(vpk.path),
    }
  }

  #modes(mission: IndexedMission): CampaignMode[] {
    return mission.modes
      .filter(({ chapters }) => chapters.length > 0)
      .map(({ mode, chapters }) => ({
        mode,
        chapters: chapters.map(({ number, map, title }) => ({
          number,
          map: map.toLowerCase(),
          title: plain(title),
          present: this.#isPresent(map.toLowerCase()),
        })),
      }))
  }

  #looseBytes(maps: readonly string[]): number {
    return maps.reduce((bytes, map) => {
      const loose = this.#content.maps.get(map)?.find(({ vpk }) => vpk === null)
      return bytes + (loose === undefined ? 0 : (this.#content.tree.find(loose.path)?.size ?? 0))
    }, 0)
  }
}

/** `#token`s stand for texts of the game that aren't read. */
function plain(text: string | null): string | null {
  return text === null || text.trim() === '' || text.startsWith('#') ? null : text
}
