import type { Campaign, ServerCampaigns } from '@left4me/contract'
import { findMap, mapTitle } from '../game/campaigns.ts'
import { messages } from '../messages/messages.ts'
import type { Choice } from '../ui/choices.tsx'

export interface PlayableChapter {
  readonly map: string
  readonly label: string
  /** A layer has the map; else it can't be started. */
  readonly present: boolean
}

/** The chapters of a campaign in one mode, by number. */
export function chaptersOf(campaign: Campaign, mode: string): PlayableChapter[] {
  const found = campaign.modes.find(each => each.mode === mode) ?? campaign.modes[0]
  return (found?.chapters ?? []).map(({ number, map, title, present }) => ({
    map,
    // The game's own titles are keys of its texts, of which there is nothing to read here.
    label: `${number} · ${title === null || title.startsWith('#') || findMap(map) ? mapTitle(map) : title}`,
    present,
  }))
}

/** The first that can be started; undefined when none can. */
export function firstMap(chapters: readonly PlayableChapter[]): string | undefined {
  return chapters.find(({ present }) => present)?.map
}

/** Which campaign a map belongs to, in which mode; null for a loose or unknown map. */
export function findChapter(
  campaigns: readonly Campaign[],
  map: string,
): { campaign: Campaign; mode: string } | null {
  for (const campaign of campaigns) {
    for (const { mode, chapters } of campaign.modes) {
      if (chapters.some(chapter => chapter.map.toLowerCase() === map.toLowerCase())) return { campaign, mode }
    }
  }
  return null
}

/** Every map that a server can start with, each once, grouped by campaign. */
export function startMapChoices({ campaigns, looseMaps }: ServerCampaigns): Choice[] {
  const seen = new Set<string>()
  const choices: Choice[] = []
  for (const campaign of campaigns) {
    for (const { mode } of campaign.modes) {
      for (const { map, label, present } of chaptersOf(campaign, mode)) {
        if (!present || seen.has(map)) continue
        seen.add(map)
        choices.push({ value: map, label: `${campaign.title} ${label}`, group: campaign.title })
      }
    }
  }
  const group = messages.changeMap.otherMaps
  return [...choices, ...looseMaps.map(map => ({ value: map, label: map, group }))]
}
