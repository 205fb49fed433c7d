import { applyConditions } from '../keyvalues/condition.ts'
import { findSection, findText, type KeyValuesPair } from '../keyvalues/pair.ts'
import { parseKeyValues } from '../keyvalues/parse.ts'
import { ProtocolError } from '../protocol-error.ts'
import { isMapName } from './map-name.ts'

/** A campaign as `missions/NAME.txt` describes it. */
export interface Mission {
  /** Its id: `L4D2C1`. A file with the id of an official campaign replaces that one. */
  readonly name: string
  readonly version: string | null
  readonly author: string | null
  readonly website: string | null
  /** May be a `#token` of the game's own texts. */
  readonly title: string | null
  readonly description: string | null
  /** The material of its poster, below `materials`, as the game's menu shows it: nothing that a browser can show. */
  readonly image: string | null
  /** 1: Bill, Francis, Louis and Zoey; 2 (also where nothing is said): Coach, Ellis, Nick and Rochelle. */
  readonly survivorSet: 1 | 2
  readonly modes: readonly MissionMode[]
  /** What was left out, for the person who made it. */
  readonly warnings: readonly string[]
}

export interface MissionMode {
  /** In lower case: `coop`, `versus`, `survival`, `scavenge`, `mutation10`, … */
  readonly mode: string
  readonly chapters: readonly MissionChapter[]
}

export interface MissionChapter {
  readonly number: number
  readonly map: string
  /** May be a `#token`. */
  readonly title: string | null
  readonly image: string | null
}

const maxModes = 64
const maxChapters = 100

/**
 * Reads a mission file. Conditions are applied as a Linux server would. Chapters without a valid map are left out with a
 * warning. Throws `malformed` for what is no mission, `too-large` beyond the limits of KeyValues.
 */
export function parseMission(input: string | Uint8Array): Mission {
  const document = parseKeyValues(input, { maxLength: 1024 * 1024, maxPairs: 20_000 })
  const root = findSection(applyConditions(document.pairs), 'mission')
  const name = root === null ? null : findText(root, 'Name')
  if (root === null || name === null || name === '') {
    throw new ProtocolError('malformed', 'This is no mission file: it names no mission.')
  }
  const warnings = document.warnings.map(({ message, position }) => `${message} (line ${position.line})`)
  return {
    name,
    version: findText(root, 'Version'),
    author: findText(root, 'Author'),
    website: findText(root, 'Website'),
    title: findText(root, 'DisplayTitle'),
    description: findText(root, 'Description'),
    image: findText(findSection(root, 'poster') ?? [], 'posterImage') ?? findText(root, 'Image'),
    survivorSet: findText(root, 'survivor_set') === '1' ? 1 : 2,
    modes: readModes(findSection(root, 'modes') ?? [], warnings),
    warnings,
  }
}

function readModes(pairs: readonly KeyValuesPair[], warnings: string[]): MissionMode[] {
  const modes = new Map<string, MissionMode>()
  for (const { key, value } of pairs) {
    const mode = key.toLowerCase()
    if (typeof value === 'string') continue
    if (!/^\w{1,32}$/.test(mode) || modes.has(mode))
      warnings.push(`The mode “${key.slice(0, 40)}” is left out.`)
    else if (modes.size >= maxModes) warnings.push(`Only ${maxModes} modes are read.`)
    else modes.set(mode, { mode, chapters: readChapters(mode, value, warnings) })
  }
  return [...modes.values()]
}

/** The keys of chapters are their numbers; texts and other sections stand among them. */
function readChapters(mode: string, pairs: readonly KeyValuesPair[], warnings: string[]): MissionChapter[] {
  const chapters = new Map<number, MissionChapter>()
  for (const { key, value } of pairs) {
    if (typeof value === 'string' || !/^\d{1,3}$/.test(key)) continue
    const number = Number(key)
    const map = findText(value, 'Map')
    if (map === null || !isMapName(map)) warnings.push(`Chapter ${number} of ${mode} names no valid map.`)
    else if (chapters.has(number))
      warnings.push(`Chapter ${number} of ${mode} is there twice; the first counts.`)
    else if (chapters.size >= maxChapters) warnings.push(`Only ${maxChapters} chapters of ${mode} are read.`)
    else {
      chapters.set(number, {
        number,
        map,
        title: findText(value, 'DisplayName'),
        image: findText(value, 'Image'),
      })
    }
  }
  return [...chapters.values()].sort((a, b) => a.number - b.number)
}
