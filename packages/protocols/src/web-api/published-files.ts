import { flagOf, idOf, numberOf, objectsIn, responseOf, textOf, timeOf } from './json-value.ts'

/**
 * A workshop item, by ISteamRemoteStorage/GetPublishedFileDetails.
 * Authority: https://partner.steamgames.com/doc/webapi/ISteamRemoteStorage
 */
export type PublishedFile = FoundFile | MissingFile

/** Not there, hidden or private: Steam says no more. */
export interface MissingFile {
  readonly found: false
  readonly id: string
  /** Steam's EResult; 9 for “not found”. */
  readonly result: number
}

export interface FoundFile {
  readonly found: true
  readonly id: string
  readonly title: string | null
  readonly description: string | null
  /** SteamID64. */
  readonly creator: string | null
  /** The app that it is for; an addon of Left 4 Dead 2 has 550. */
  readonly consumerAppId: number | null
  /** As uploaded; free text with slashes. null for items that are only in a depot. */
  readonly fileName: string | null
  /** Bytes. */
  readonly fileSize: number | null
  /** Where the file can be fetched directly; null for items that only steamcmd can download. Check the host before use. */
  readonly fileUrl: string | null
  /** Unsigned 64 bits. */
  readonly contentHandle: string | null
  readonly previewUrl: string | null
  /** ms since the epoch. */
  readonly createdAt: number | null
  readonly updatedAt: number | null
  readonly banned: boolean
  readonly banReason: string | null
  readonly subscriptions: number | null
  readonly tags: readonly string[]
}

/** Reads an answer. Entries without an id are left out; nothing is said about the order. Throws `malformed`. */
export function readPublishedFiles(json: unknown): PublishedFile[] {
  return objectsIn(responseOf(json)['publishedfiledetails']).flatMap(details => readDetails(details) ?? [])
}

function readDetails(details: Readonly<Record<string, unknown>>): PublishedFile | null {
  const id = idOf(details, 'publishedfileid')
  const result = numberOf(details, 'result') ?? 0
  if (id === null) return null
  if (result !== 1) return { found: false, id, result }
  return {
    found: true,
    id,
    title: textOf(details, 'title'),
    description: textOf(details, 'description'),
    creator: idOf(details, 'creator'),
    consumerAppId: numberOf(details, 'consumer_app_id') ?? numberOf(details, 'consumer_appid'),
    fileName: textOf(details, 'filename'),
    fileSize: numberOf(details, 'file_size'),
    fileUrl: textOf(details, 'file_url'),
    contentHandle: idOf(details, 'hcontent_file'),
    previewUrl: textOf(details, 'preview_url'),
    createdAt: timeOf(details, 'time_created'),
    updatedAt: timeOf(details, 'time_updated'),
    banned: flagOf(details, 'banned'),
    banReason: textOf(details, 'ban_reason'),
    subscriptions: numberOf(details, 'subscriptions'),
    tags: objectsIn(details['tags']).flatMap(tag => textOf(tag, 'tag') ?? []),
  }
}

export interface CollectionDetails {
  readonly id: string
  /** An id that is no collection, or none at all, is not found. */
  readonly found: boolean
  /** In the order of the collection. */
  readonly children: readonly { readonly id: string; readonly isCollection: boolean }[]
}

/** ECollectionFileType of a child that is a collection itself. */
const nestedCollection = 2

/** Reads an answer of ISteamRemoteStorage/GetCollectionDetails. Throws `malformed`. */
export function readCollections(json: unknown): CollectionDetails[] {
  return objectsIn(responseOf(json)['collectiondetails']).flatMap(details => {
    const id = idOf(details, 'publishedfileid')
    if (id === null) return []
    const children = objectsIn(details['children'])
      .flatMap(child => {
        const childId = idOf(child, 'publishedfileid')
        const order = numberOf(child, 'sortorder') ?? 0
        return childId === null
          ? []
          : { id: childId, order, isCollection: numberOf(child, 'filetype') === nestedCollection }
      })
      .sort((a, b) => a.order - b.order)
    return {
      id,
      found: numberOf(details, 'result') === 1,
      children: children.map(({ id: childId, isCollection }) => ({ id: childId, isCollection })),
    }
  })
}
