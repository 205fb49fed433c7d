import { gameFacts } from '../game-facts.ts'
import { collections } from '../workshop/catalogue.ts'
import { workshopItem } from '../workshop/workshop-item.ts'
import type { WebApiSwitches } from './switches.ts'

const notFound = 9
function isCollection(id: string): boolean {
  return Object.hasOwn(collections, id)
}

function exists(id: string): boolean {
  return /^[1-9]\d{0,19}$/.test(id) && BigInt(id) > 9n
}

/** Legacy items are downloaded by a URL of their own. */
export function isLegacy(id: string): boolean {
  return isBetween(id, 500, 599)
}

/** One entry of GetPublishedFileDetails. `origin` is this server's own, for what it serves itself. */
export function publishedFileDetails(id: string, origin: string, switches: WebApiSwitches): object {
  if (!exists(id)) return { publishedfileid: id, result: notFound }
  const legacy = isLegacy(id)
  const item = workshopItem(id, legacy ? switches['item-bytes'] : 0, switches['item-revision'])
  const collection = isCollection(id) ? collections[id] : undefined
  const size = collection ? 0 : item.size
  const banned = isBetween(id, 600, 699)
  const app = isBetween(id, 400, 499) ? 440 : gameFacts.gameAppId
  return {
    publishedfileid: id,
    result: 1,
    creator: '76561197960287930',
    creator_app_id: app,
    consumer_app_id: app,
    filename: legacy ? `myl4d2addons/${item.fileName}` : '',
    file_size: switches['number-sizes'] ? size : String(size),
    file_url: legacy ? `${origin}/ugc/${id}/${item.fileName}` : '',
    hcontent_file: isBetween(id, 700, 799)
      ? '18446744073709551557'
      : String(1_000_000_000_000_000_000n + BigInt(id)),
    preview_url: `${origin}/preview/${id}.png`,
    hcontent_preview: '5512345678901234567',
    title: collection?.title ?? item.title,
    description: item.description,
    time_created: item.createdAt,
    time_updated: item.updatedAt,
    visibility: 0,
    banned: banned ? 1 : 0,
    ban_reason: banned ? 'simulated ban' : '',
    subscriptions: 12,
    favorited: 3,
    lifetime_subscriptions: 40,
    lifetime_favorited: 5,
    views: 999,
    tags: item.tags.map(tag => ({ tag })),
  }
}

/** One entry of GetCollectionDetails; an item that is no collection has result 9, as one that doesn't exist. */
export function collectionDetails(id: string): object {
  const children = isCollection(id) ? collections[id]?.children : undefined
  if (children === undefined) return { publishedfileid: id, result: notFound }
  return {
    publishedfileid: id,
    result: 1,
    children: children.map((child, index) => ({
      publishedfileid: child,
      sortorder: index + 1,
      filetype: isCollection(child) ? 2 : 0,
    })),
  }
}

function isBetween(id: string, low: number, high: number): boolean {
  return exists(id) && BigInt(id) >= BigInt(low) && BigInt(id) <= BigInt(high)
}
