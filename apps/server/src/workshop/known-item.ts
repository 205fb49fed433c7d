import type { CollectionDetails, PublishedFile } from '@left4me/protocols'
import { isRecord } from '../db/json-column.ts'

/** What Steam last said about one id. */
export interface KnownItem {
  readonly id: string
  /** `missing`: removed, hidden, private, or never there; Steam doesn't tell which. */
  readonly kind: 'item' | 'collection' | 'missing'
  readonly title: string | null
  /** Bytes. */
  readonly size: number | null
  /** ms since the epoch. */
  readonly updatedAt: number | null
  readonly previewUrl: string | null
  /** null: only steamcmd can fetch it. */
  readonly fileUrl: string | null
  readonly appId: number | null
  readonly banned: boolean
  readonly banReason: string | null
  /** Of a collection, in its order. */
  readonly children: readonly { readonly id: string; readonly isCollection: boolean }[]
  /** When Steam said so; ms since the epoch. */
  readonly fetchedAt: number
}

/** Characters of what strangers wrote. */
const longestTitle = 300
const longestReason = 300

export function knownItemOf(
  file: PublishedFile,
  collection: CollectionDetails | null,
  fetchedAt: number,
): KnownItem {
  const isCollection = collection?.found === true
  const children = isCollection ? collection.children : []
  if (!file.found) {
    // A collection whose own details are withheld still names its items.
    return { ...unknown(file.id, fetchedAt), kind: isCollection ? 'collection' : 'missing', children }
  }
  return {
    id: file.id,
    kind: isCollection ? 'collection' : 'item',
    title: file.title === null ? null : lineOf(file.title, longestTitle),
    size: isCollection ? null : file.fileSize,
    updatedAt: file.updatedAt,
    previewUrl: file.previewUrl,
    fileUrl: file.fileUrl,
    appId: file.consumerAppId,
    banned: file.banned,
    banReason: file.banReason === null ? null : lineOf(file.banReason, longestReason),
    children,
    fetchedAt,
  }
}

/** Whether a row's JSON is what `knownItemOf` makes. */
export function isKnownItem(value: unknown): value is KnownItem {
  return (
    isRecord(value) &&
    typeof value['id'] === 'string' &&
    ['item', 'collection', 'missing'].includes(String(value['kind'])) &&
    ['title', 'previewUrl', 'fileUrl', 'banReason'].every(key => isTextOrNull(value[key])) &&
    ['size', 'updatedAt', 'appId'].every(key => isNumberOrNull(value[key])) &&
    typeof value['banned'] === 'boolean' &&
    typeof value['fetchedAt'] === 'number' &&
    Array.isArray(value['children']) &&
    value['children'].every(
      child =>
        isRecord(child) && typeof child['id'] === 'string' && typeof child['isCollection'] === 'boolean',
    )
  )
}

function unknown(id: string, fetchedAt: number): Omit<KnownItem, 'kind' | 'children'> {
  return {
    id,
    title: null,
    size: null,
    updatedAt: null,
    previewUrl: null,
    fileUrl: null,
    appId: null,
    banned: false,
    banReason: null,
    fetchedAt,
  }
}

/** Titles are free text; a job's log and a list show them as one line. */
function lineOf(text: string, longest: number): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line
}

const isTextOrNull = (value: unknown) => value === null || typeof value === 'string'
const isNumberOrNull = (value: unknown) => value === null || typeof value === 'number'
