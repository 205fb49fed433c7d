import { ProtocolError } from '../../protocol-error.ts'
import { isMapName } from '../map-name.ts'
import type { MissionChapter, MissionMode } from '../mission.ts'
import {
  type IndexedFile,
  type IndexedImage,
  type IndexedMission,
  type IndexedVpk,
  imageTypes,
  type LayerFolder,
  type LayerIndex,
  type VpkFolder,
} from './layer-index.ts'

const format = 'left4me-layer-index'
/** Of the text's form. A reader knows this one only: an index can be made anew from its revision at any time. */
const version = 1

/** UTF-16 code units of the text; an index of 100,000 names has about 3 Mi. */
const maxLength = 256 * 1024 * 1024
/** Files, names and folders all together. */
const maxItems = 4_000_000
const maxText = 4096

/** JSON text: names are grouped by folder, so that each folder is written once. */
export function encodeLayerIndex(index: LayerIndex): string {
  return JSON.stringify({
    format,
    version,
    folders: index.folders.map(({ path, files }) => [
      path,
      files.map(({ name }) => name),
      files.map(({ size }) => size),
      files.map(({ mode }) => mode),
    ]),
    vpks: index.vpks.map(({ contents, ...vpk }) => ({
      ...vpk,
      contents: contents.map(({ path, names }) => [path, ...names]),
    })),
    missions: index.missions,
  })
}

/**
 * Reads what `encodeLayerIndex` wrote. Throws `malformed` for anything else, other versions included (make the index anew
 * then), and `too-large` beyond the limits.
 */
export function decodeLayerIndex(text: string): LayerIndex {
  if (text.length > maxLength)
    throw new ProtocolError('too-large', `The index is longer than ${maxLength} characters.`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw malformed('is no JSON', cause)
  }
  return new IndexReader().read(value)
}

function malformed(what: string, cause?: unknown): ProtocolError {
  return new ProtocolError('malformed', `The index of the layer ${what}.`, {
    remedy: 'Make it anew from the files of its revision.',
    cause,
  })
}

class IndexReader {
  #items = 0

  read(value: unknown): LayerIndex {
    const root = record(value)
    if (root['format'] !== format) throw malformed('is something else')
    if (root['version'] !== version) throw malformed('is of another version')
    return {
      folders: this.#list(root['folders'], item => this.#folder(item)),
      vpks: this.#list(root['vpks'], item => this.#vpk(item)),
      missions: this.#list(root['missions'], item => this.#mission(item)),
    }
  }

  #list<T>(value: unknown, read: (item: unknown) => T): T[] {
    if (!Array.isArray(value)) throw malformed('has no list where one belongs')
    this.#items += value.length
    if (this.#items > maxItems)
      throw new ProtocolError('too-large', `The index has more than ${maxItems} items.`)
    return value.map(read)
  }

  #folder(value: unknown): LayerFolder {
    const [path, names, sizes, modes] = tuple(value, 4)
    const sizeList = this.#list(sizes, count)
    const modeList = this.#list(modes, modeOf)
    const files = this.#list(names, fileName).map((name, at): IndexedFile => {
      const [size, mode] = [sizeList[at], modeList[at]]
      if (size === undefined || mode === undefined) throw malformed('has a file without size or mode')
      return { name, size, mode }
    })
    if (files.length !== sizeList.length || files.length !== modeList.length)
      throw malformed('has a size or mode without a file')
    return { path: relativePath(path), files }
  }

  #vpk(value: unknown): IndexedVpk {
    const vpk = record(value)
    return {
      path: relativePath(vpk['path']),
      size: count(vpk['size']),
      identity: textOrNull(vpk['identity']),
      title: textOrNull(vpk['title']),
      author: textOrNull(vpk['author']),
      version: textOrNull(vpk['version']),
      image: vpk['image'] === null ? null : image(vpk['image']),
      contents: this.#list(vpk['contents'], item => this.#vpkFolder(item)),
      missions: this.#list(vpk['missions'], item => this.#mission(item)),
    }
  }

  #vpkFolder(value: unknown): VpkFolder {
    const [path, ...names] = this.#list(value, plainText)
    if (path === undefined) throw malformed('has a folder without a name')
    return { path, names }
  }

  #mission(value: unknown): IndexedMission {
    const mission = record(value)
    return {
      path: plainText(mission['path']),
      name: plainText(mission['name']),
      version: textOrNull(mission['version']),
      author: textOrNull(mission['author']),
      website: textOrNull(mission['website']),
      title: textOrNull(mission['title']),
      description: textOrNull(mission['description']),
      image: textOrNull(mission['image']),
      survivorSet: oneOf([1, 2], mission['survivorSet']),
      modes: this.#list(mission['modes'], item => this.#mode(item)),
    }
  }

  #mode(value: unknown): MissionMode {
    const mode = record(value)
    const chapters = this.#list(mode['chapters'], (item): MissionChapter => {
      const chapter = record(item)
      const map = plainText(chapter['map'])
      if (!isMapName(map)) throw malformed('names a map that can be none')
      return {
        number: count(chapter['number']),
        map,
        title: textOrNull(chapter['title']),
        image: textOrNull(chapter['image']),
      }
    })
    return { mode: plainText(mode['mode']), chapters }
  }
}

function image(value: unknown): IndexedImage {
  const found = record(value)
  return {
    path: plainText(found['path']),
    size: count(found['size']),
    type: oneOf(imageTypes, found['type']),
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed('has no object where one belongs')
  return value as Readonly<Record<string, unknown>>
}

function tuple(value: unknown, length: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length !== length) throw malformed('has a list of another length')
  return value
}

function plainText(value: unknown): string {
  if (typeof value !== 'string') throw malformed('has no text where one belongs')
  if (value.length > maxText)
    throw new ProtocolError('too-large', `A text of the index is longer than ${maxText}.`)
  return value
}

function textOrNull(value: unknown): string | null {
  return value === null ? null : plainText(value)
}

/** Below the layer: an index that was tampered with leads nowhere else. */
function relativePath(value: unknown): string {
  const path = plainText(value)
  if (path !== '' && path.split('/').some(part => part === '' || part === '.' || part === '..'))
    throw malformed('has a path that is none')
  return path
}

function fileName(value: unknown): string {
  const name = plainText(value)
  if (name === '' || name === '.' || name === '..' || name.includes('/'))
    throw malformed('has a file name that is none')
  return name
}

function count(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw malformed('has no number where one belongs')
  return value
}

function modeOf(value: unknown): number {
  const mode = count(value)
  if (mode > 0o7777) throw malformed('has a mode that is none')
  return mode
}

function oneOf<T>(known: readonly T[], value: unknown): T {
  const found = known.find(each => each === value)
  if (found === undefined) throw malformed('has a value that is none of the known')
  return found
}
