import type { Campaign } from '@left4me/contract'
import { messages } from '../messages/messages.ts'

/** The chapters of the mode that a campaign is first of all for: coop's, else the longest. */
export function mainChapters({ modes }: Campaign): Campaign['modes'][number]['chapters'] {
  const coop = modes.find(({ mode }) => mode === 'coop')
  return (coop ?? modes.toSorted((a, b) => b.chapters.length - a.chapters.length)[0])?.chapters ?? []
}

export function modeName(mode: string): string {
  return messages.library.modeNames[mode] ?? mode
}

/** What the picture is drawn from where there is none: its first map, else its name. */
export function pictureMap(campaign: Campaign): string {
  return mainChapters(campaign)[0]?.map ?? campaign.id
}

/** The campaigns that have all the words somewhere: title, mission, author, maps, overlay. Custom ones first, by title. */
export function filterCampaigns(campaigns: readonly Campaign[], search: string): Campaign[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return campaigns
    .filter(campaign => {
      const text = [
        campaign.title,
        campaign.id,
        campaign.author,
        campaign.layer?.name,
        ...campaign.modes.flatMap(({ mode, chapters }) => [
          modeName(mode),
          ...chapters.flatMap(({ map, title }) => [map, title]),
        ]),
      ]
        .join(' ')
        .toLowerCase()
      return words.every(word => text.includes(word))
    })
    .sort((a, b) => Number(a.official) - Number(b.official) || compareTitles(a, b))
}

/** The official ones in the order of the game. */
function compareTitles(a: Campaign, b: Campaign): number {
  const number = ({ id, official }: Campaign) => (official ? Number(/\d+$/.exec(id)?.[0] ?? 99) : 0)
  return number(a) - number(b) || a.title.localeCompare(b.title)
}
