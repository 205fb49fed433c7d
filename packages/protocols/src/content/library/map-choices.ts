import type { Campaign, CampaignChapter } from './campaign.ts'
import type { CampaignLibrary } from './campaign-library.ts'

/** A campaign's chapters that a server can start in some mode. */
export interface MapChoice {
  readonly campaign: Campaign
  /** Those whose maps are there, in the order of play; never empty. */
  readonly chapters: readonly CampaignChapter[]
}

/** The maps that a server can be started with in a mode, campaign by campaign. */
export function startMaps({ campaigns }: CampaignLibrary, mode: string): MapChoice[] {
  return campaigns.flatMap(campaign => {
    const chapters = chaptersOf(campaign, mode).filter(({ present }) => present)
    return chapters.length > 0 ? [{ campaign, chapters }] : []
  })
}

export interface NextMaps {
  /** Where the campaign goes on from the map that runs; null at its end, and for a map that no campaign plays. */
  readonly next: { readonly campaign: Campaign; readonly chapter: CampaignChapter } | null
  /** The first chapter of each other campaign, and of this one. */
  readonly campaigns: readonly { readonly campaign: Campaign; readonly chapter: CampaignChapter }[]
}

/** What may follow the map that runs. Letter case doesn't count. */
export function nextMaps(library: CampaignLibrary, mode: string, map: string): NextMaps {
  const choices = startMaps(library, mode)
  const current = map.toLowerCase()
  const playing = choices.find(({ chapters }) => chapters.some(chapter => chapter.map === current))
  const at = playing?.chapters.findIndex(chapter => chapter.map === current) ?? -1
  const chapter = playing?.chapters[at + 1]
  return {
    next: playing === undefined || chapter === undefined ? null : { campaign: playing.campaign, chapter },
    campaigns: choices.flatMap(({ campaign, chapters: [first] }) =>
      first === undefined ? [] : [{ campaign, chapter: first }],
    ),
  }
}

/**
 * Mission files of people seldom list realism: the game plays coop's chapters in it. Other modes need chapters of their
 * own, as the game's menu does.
 */
function chaptersOf({ modes }: Campaign, mode: string): readonly CampaignChapter[] {
  const wanted = mode.toLowerCase()
  const own = modes.find(each => each.mode === wanted)
  if (own !== undefined) return own.chapters
  return wanted === 'realism' ? (modes.find(each => each.mode === 'coop')?.chapters ?? []) : []
}
