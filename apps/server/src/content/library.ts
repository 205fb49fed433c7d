import type { Campaign } from '@left4me/contract'
import { HostError } from '@left4me/host'
import { campaignLibrary, ProtocolError, readServerContent } from '@left4me/protocols'
import type { FastifyBaseLogger } from 'fastify'
import type { Page } from '../http/page.ts'
import type { OverlayRow, OverlayRows, Viewer } from '../overlays/overlay-rows.ts'
import { shownCampaign } from './campaigns.ts'
import type { LayerIndexes } from './layer-indexes.ts'

/** Overlays whose campaigns are remembered; a few hundred bytes for each campaign. */
const mostRemembered = 500
const mostCampaigns = 2000

/** The campaigns of the game and of the newest revisions of all overlays that somebody may use. */
export class CampaignShelf {
  readonly #overlays: Pick<OverlayRows, 'list'>
  readonly #indexes: LayerIndexes
  readonly #log: FastifyBaseLogger
  /** By overlay and revision, which never change; with the overlay's name, which does. */
  readonly #remembered = new Map<string, readonly Campaign[]>()

  constructor(options: {
    overlays: Pick<OverlayRows, 'list'>
    indexes: LayerIndexes
    log: FastifyBaseLogger
  }) {
    this.#overlays = options.overlays
    this.#indexes = options.indexes
    this.#log = options.log
  }

  /** An overlay whose content can't be read is left out, and logged. */
  async list(viewer: Viewer): Promise<Campaign[]> {
    const campaigns: Campaign[] = official()
    let after: number | null = null
    do {
      const page: Page = { after, size: 100 }
      const rows: readonly OverlayRow[] = await this.#overlays.list(viewer, page)
      for (const row of rows.slice(0, page.size)) campaigns.push(...(await this.#of(row)))
      after = rows.length > page.size ? (rows[page.size - 1]?.id ?? null) : null
    } while (after !== null && campaigns.length < mostCampaigns)
    return campaigns.slice(0, mostCampaigns)
  }

  async #of({ id: overlayId, revision, name }: OverlayRow): Promise<readonly Campaign[]> {
    if (revision === null) return []
    const key = `${overlayId}/${revision}/${name}`
    const remembered = this.#remembered.get(key)
    if (remembered) return remembered
    try {
      const index = await this.#indexes.of({ overlayId, revision })
      const layers = [{ name, index }]
      const found = campaignLibrary(readServerContent(layers), layers)
        .campaigns.filter(({ origin }) => origin !== null)
        .map(campaign => shownCampaign(campaign, [{ kind: 'overlay', overlayId, name, revision }]))
      this.#remember(key, found)
      return found
    } catch (error) {
      if (!(error instanceof HostError) && !(error instanceof ProtocolError)) throw error
      this.#log.warn({ err: error, overlayId, revision }, 'an overlay is left out of the library')
      return []
    }
  }

  #remember(key: string, campaigns: readonly Campaign[]): void {
    this.#remembered.set(key, campaigns)
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= mostRemembered) break
      this.#remembered.delete(oldest)
    }
  }
}

function official(): Campaign[] {
  return campaignLibrary(readServerContent([]), []).campaigns.map(found => shownCampaign(found, []))
}
