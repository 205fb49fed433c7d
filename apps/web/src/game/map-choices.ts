import { messages } from '../messages/messages.ts'
import type { Choice } from '../ui/choices.tsx'
import { campaigns, mapTitle } from './campaigns.ts'

/** Every chapter of every official campaign, grouped, for a list to choose from. */
export const mapChoices: readonly Choice[] = campaigns.flatMap(campaign =>
  campaign.maps.map((map, index) => ({
    value: map,
    label: `${messages.servers.chapter(campaign.name, index + 1, campaign.maps.length)} · ${mapTitle(map)}`,
    group: campaign.name,
  })),
)
