import { type Campaign, type LayerName, pathOf, type ServerCampaigns } from '@left4me/contract'
import { campaignLibrary, type Campaign as FoundCampaign, readServerContent } from '@left4me/protocols'
import { workshopPageOf } from '../workshop/workshop-address.ts'
import type { NextContent } from './content-of-server.ts'

/** What one answer holds at most: an overlay may be full of tiny missions. */
const mostCampaigns = 1000
const mostLooseMaps = 2000

/** The campaigns that a server can be started with, the official ones included. */
export function campaignsOf({ layers, names, disabledAddons }: NextContent): ServerCampaigns {
  const content = readServerContent(layers, { disabledAddons })
  const library = campaignLibrary(content, layers)
  return {
    campaigns: library.campaigns.slice(0, mostCampaigns).map(found => shownCampaign(found, names)),
    looseMaps: library.otherMaps.slice(0, mostLooseMaps).map(({ map }) => map),
    left:
      Math.max(0, library.campaigns.length - mostCampaigns) +
      Math.max(0, library.otherMaps.length - mostLooseMaps),
  }
}

export function shownCampaign(found: FoundCampaign, names: readonly LayerName[]): Campaign {
  const { image, origin } = found
  return {
    id: found.id,
    title: found.title,
    official: found.official,
    description: found.description,
    author: found.author,
    version: found.version,
    website: found.website,
    modes: found.modes.map(({ mode, chapters }) => ({
      mode,
      chapters: chapters.map(({ number, map, title, present }) => ({ number, map, title, present })),
    })),
    missingMaps: [...found.missingMaps],
    size: found.size,
    picture: image === null ? null : pictureOf(names[image.layer], image),
    layer: origin === null ? null : (names[origin.layer] ?? null),
    workshopUrl: found.workshopId === null ? null : workshopPageOf(found.workshopId),
  }
}

function pictureOf(layer: LayerName | undefined, image: { vpk: string; path: string }): string | null {
  if (layer?.overlayId == null || layer.revision === null) return null
  return pathOf(
    'getRevisionPicture',
    { id: layer.overlayId, revision: layer.revision },
    { vpk: image.vpk, path: image.path },
  )
}
