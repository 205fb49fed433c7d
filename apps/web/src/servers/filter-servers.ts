import type { Server } from '@left4me/contract'
import { findMap } from '../game/campaigns.ts'
import { messages } from '../messages/messages.ts'

/** The servers that have all the words somewhere: name, state, map, campaign, address, owner. By name, then by number. */
export function filterServers(servers: readonly Server[], search: string): Server[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return servers
    .filter(server => {
      const campaign = server.map === null ? undefined : findMap(server.map)?.campaign.name
      const text = [
        server.name,
        messages.serverStates[server.state],
        server.map,
        campaign,
        server.address,
        server.ownerName,
      ]
        .join(' ')
        .toLowerCase()
      return words.every(word => text.includes(word))
    })
    .sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id)
}
