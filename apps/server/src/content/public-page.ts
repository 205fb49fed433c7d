import { type PublicServer, pathOf, type Server } from '@left4me/contract'
import type { OverlayStore } from '@left4me/host'
import { type Campaign, campaignLibrary, readServerContent } from '@left4me/protocols'
import { ProblemError } from '../http/problem-error.ts'
import type { Picture } from '../workshop/preview-pictures.ts'
import { workshopPageOf } from '../workshop/workshop-address.ts'
import type { NextContent } from './content-of-server.ts'
import { pictureTypeOf } from './picture-type.ts'

const mostCampaigns = 200
const mostPictureBytes = 4 * 1024 * 1024

/**
 * What players see of a server without an account: nothing of owners, layers, paths or problems. Whoever asks, and however
 * often, its content is worked out once for each stack of layers.
 */
export class PublicPages {
  readonly #store: () => Pick<OverlayStore, 'readVpkFile'>
  /** By server. */
  readonly #kept = new Map<number, { readonly key: string; readonly campaigns: readonly Campaign[] }>()

  constructor(options: { readonly store: () => Pick<OverlayStore, 'readVpkFile'> }) {
    this.#store = options.store
  }

  show(server: Server, content: NextContent): PublicServer {
    return {
      id: server.id,
      name: server.name,
      state: server.state,
      map: server.map,
      players: server.players,
      maxPlayers: server.maxPlayers,
      address: server.address,
      connectUrl: server.connectUrl,
      simulated: server.simulated,
      campaigns: this.#campaigns(server.id, content)
        .slice(0, mostCampaigns)
        .map(campaign => ({
          id: campaign.id,
          title: campaign.title,
          description: campaign.description,
          author: campaign.author,
          size: campaign.size,
          chapters: campaign.maps.length,
          picture:
            campaign.image === null
              ? null
              : pathOf('getPublicPicture', { id: server.id }, { campaign: campaign.id }),
          workshopUrl: campaign.workshopId === null ? null : workshopPageOf(campaign.workshopId),
        })),
    }
  }

  /** The picture of a campaign that the page shows. Rejects with `not-found` for every other. */
  async picture(serverId: number, content: NextContent, campaignId: string): Promise<Picture> {
    const image = this.#campaigns(serverId, content).find(({ id }) => id === campaignId)?.image ?? null
    const layer = image === null ? undefined : content.stack[image.layer]
    const bytes =
      image === null || layer === undefined
        ? null
        : await this.#store().readVpkFile(layer, image.vpk, image.path, mostPictureBytes)
    const type = bytes === null ? null : pictureTypeOf(bytes)
    if (bytes === null || type === null) throw new ProblemError('not-found', 'There is no such picture.')
    return { type, bytes }
  }

  #campaigns(serverId: number, { layers, stack, disabledAddons }: NextContent): readonly Campaign[] {
    const key = JSON.stringify([stack, [...disabledAddons]])
    const kept = this.#kept.get(serverId)
    if (kept?.key === key) return kept.campaigns
    // What doesn't come with the game is what players have to subscribe to.
    const campaigns = campaignLibrary(readServerContent(layers, { disabledAddons }), layers).campaigns.filter(
      ({ origin, official }) => origin !== null && !official,
    )
    this.#kept.set(serverId, { key, campaigns })
    return campaigns
  }
}
