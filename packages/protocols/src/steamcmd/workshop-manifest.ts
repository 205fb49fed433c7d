import { findSection, findText, type KeyValuesPair } from '../keyvalues/pair.ts'
import { parseKeyValues } from '../keyvalues/parse.ts'
import { ProtocolError } from '../protocol-error.ts'

/** `steamapps/workshop/appworkshop_APPID.acf`: which workshop items steamcmd believes to have. */
export interface WorkshopManifest {
  readonly appId: number
  /** Bytes. */
  readonly sizeOnDisk: number | null
  readonly needsUpdate: boolean
  readonly needsDownload: boolean
  readonly items: readonly WorkshopManifestItem[]
}

export interface WorkshopManifestItem {
  readonly itemId: string
  /** Bytes. */
  readonly size: number | null
  /** ms since the epoch: the item's own time of change when it was downloaded. */
  readonly updatedAt: number | null
  /** Unsigned decimal; null where steamcmd writes −1 (items that aren't in a depot). */
  readonly manifest: string | null
  /** Unsigned decimal. steamcmd writes it signed, so that half of them look negative. */
  readonly contentHandle: string | null
}

/** Throws `malformed` for what is no workshop manifest. Items without a decimal id are left out. */
export function parseWorkshopManifest(input: string | Uint8Array): WorkshopManifest {
  const { pairs } = parseKeyValues(input, { maxLength: 16 * 1024 * 1024, escapes: true })
  const root = findSection(pairs, 'AppWorkshop')
  const appId = root === null ? null : wholeNumber(findText(root, 'appid'))
  if (root === null || appId === null) {
    throw new ProtocolError('malformed', 'This is no workshop manifest: it names no app.')
  }
  const installed = findSection(root, 'WorkshopItemsInstalled') ?? []
  return {
    appId,
    sizeOnDisk: wholeNumber(findText(root, 'SizeOnDisk')),
    needsUpdate: findText(root, 'NeedsUpdate') === '1',
    needsDownload: findText(root, 'NeedsDownload') === '1',
    items: installed.flatMap(item => readItem(item) ?? []),
  }
}

function readItem({ key, value }: KeyValuesPair): WorkshopManifestItem | null {
  if (typeof value === 'string' || !/^\d{1,20}$/.test(key)) return null
  const updated = wholeNumber(findText(value, 'timeupdated'))
  return {
    itemId: key,
    size: wholeNumber(findText(value, 'size')),
    updatedAt: updated === null || updated === 0 ? null : updated * 1000,
    manifest: unsigned(findText(value, 'manifest')),
    contentHandle: unsigned(findText(value, 'ugchandle')),
  }
}

/**
 * The manifest's text without these items. As long as an item stands there, steamcmd says that it has it and downloads
 * nothing, also when its files were deleted.
 */
export function withoutWorkshopItems(
  pairs: readonly KeyValuesPair[],
  itemIds: ReadonlySet<string>,
): KeyValuesPair[] {
  const lists = new Set(['workshopitemsinstalled', 'workshopitemdetails'])
  return pairs.map(pair => {
    if (typeof pair.value === 'string') return pair
    if (!lists.has(pair.key.toLowerCase()))
      return { ...pair, value: withoutWorkshopItems(pair.value, itemIds) }
    return { ...pair, value: pair.value.filter(item => !itemIds.has(item.key)) }
  })
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null
}

function unsigned(text: string | null): string | null {
  if (text === null || !/^-?\d{1,20}$/.test(text) || text === '-1') return null
  return BigInt.asUintN(64, BigInt(text)).toString()
}
