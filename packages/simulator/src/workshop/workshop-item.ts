import { packVpk } from '../vpk-file.ts'
import { ballast, ballastChecksum } from './ballast.ts'
import { type CatalogueItem, catalogue } from './catalogue.ts'
import { landscape } from './picture.ts'

/** The simulated workshop: every item follows from its id alone, so that steamcmd and the Web API agree. */
export interface WorkshopItem {
  readonly id: string
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly fileName: string
  /** Bytes. */
  readonly size: number
  /** Bytes `from` (included) to `to` (excluded) of its VPK. */
  readonly content: (from: number, to: number) => Generator<Buffer>
  /** Seconds since the epoch. */
  readonly createdAt: number
  readonly updatedAt: number
}

const pictureWidth = 320
const pictureHeight = 180
const known = new Map<string, WorkshopItem>()
const knownItems = 1000

/** `extraBytes` makes it that much larger, `revision` newer. */
export function workshopItem(id: string, extraBytes = 0, revision = 0): WorkshopItem {
  const key = `${id} ${extraBytes} ${revision}`
  const before = known.get(key)
  if (before) return before
  if (known.size >= knownItems) known.clear()
  const item = makeItem(id, extraBytes, revision)
  known.set(key, item)
  return item
}

export function workshopPicture(id: string): Buffer {
  return landscape(numberOf(id), pictureWidth, pictureHeight)
}

export function wholeContent(item: WorkshopItem): Buffer {
  return Buffer.concat([...item.content(0, item.size)])
}

function makeItem(id: string, extraBytes: number, revision: number): WorkshopItem {
  const number = numberOf(id)
  const entry = catalogue.find(item => item.id === id) ?? plainItem(id, number)
  const bytes = entry.ballast + extraBytes
  const head = packVpk(
    [
      { path: 'addoninfo.txt', content: Buffer.from(addonInfo(entry, revision)) },
      ...(entry.ballast > 0 ? [{ path: 'addonimage.jpg', content: workshopPicture(id) }] : []),
      ...(entry.chapters.length > 0
        ? [{ path: `missions/simulated${number}.txt`, content: Buffer.from(mission(entry, number)) }]
        : []),
      ...entry.chapters.map(([map]) => ({
        path: `maps/${map}.bsp`,
        content: Buffer.from(`VBSP simulated ${map}\n`),
      })),
    ],
    bytes > 0
      ? { path: `sound/simulated/${number}.wav`, bytes, checksum: ballastChecksum(bytes) }
      : undefined,
  )
  return {
    id,
    title: entry.title,
    description: entry.description,
    tags: entry.tags,
    fileName: `simulated_${id}.vpk`,
    size: head.length + bytes,
    content: function* (from, to) {
      if (from < head.length) yield head.subarray(from, Math.min(to, head.length))
      if (to > head.length) yield* ballast(Math.max(0, from - head.length), to - head.length)
    },
    createdAt: 1_400_000_000 + number,
    updatedAt: 1_700_000_000 + number + revision * 86_400,
  }
}

function numberOf(id: string): number {
  return Number(BigInt(id) % 1_000_000n)
}

function plainItem(id: string, number: number): CatalogueItem {
  return {
    id,
    title: `Simulated campaign ${id}`,
    description: 'Made by the left4me simulator; nobody can play it.',
    chapters: [[`sim${number}_start`, 'The start']],
    modes: ['coop'],
    tags: ['Campaigns', 'Co-op'],
    ballast: 0,
  }
}

function addonInfo(item: CatalogueItem, revision: number): string {
  const campaign = item.chapters.length > 0 ? '\taddonContent_Campaign\t1\n\taddonContent_Map\t1\n' : ''
  return `"AddonInfo"\n{\n\taddonSteamAppID\t550\n\taddontitle\t"${item.title}"\n\taddonversion\t1.${revision}\n\taddonauthor\t"left4me simulator"\n\taddonDescription\t"${item.description}"\n${campaign}}\n`
}

function mission(item: CatalogueItem, number: number): string {
  const chapters = item.chapters
    .map(
      ([map, title], at) =>
        `\t\t\t"${at + 1}"\n\t\t\t{\n\t\t\t\t"Map"\t"${map}"\n\t\t\t\t"DisplayName"\t"${title}"\n\t\t\t}\n`,
    )
    .join('')
  const modes = item.modes.map(mode => `\t\t"${mode}"\n\t\t{\n${chapters}\t\t}\n`).join('')
  return `"mission"\n{\n\t"Name"\t"simulated${number}"\n\t"Version"\t"1"\n\t"Author"\t"left4me simulator"\n\t"DisplayTitle"\t"${item.title}"\n\t"Description"\t"${item.description}"\n\t"modes"\n\t{\n${modes}\t}\n}\n`
}
