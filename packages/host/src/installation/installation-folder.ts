import { lstat, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../files/atomic-file.ts'
import { integerOf, objectOf } from '../json-value.ts'
import type { Layout } from '../layout.ts'

/**
 * `installation/revisions/N` is a revision once `revisions/N.json` is there; `installation/current` names the one that
 * servers take. Neither lies within a revision: the game would see it, and a revision never changes.
 */
export interface InstallationPlace {
  /** null: the files of an earlier left4me, which lie in `installation` itself. */
  readonly revision: number | null
  readonly folder: string
  /** Relative to the data directory, as `instance.env` names a layer. */
  readonly lowerdir: string
}

const numberShape = /^[1-9]\d{0,14}$/

/** Where the game files lie that a server is started with: those of `revision`, else the current ones. */
export async function installationPlace(layout: Layout, revision?: number): Promise<InstallationPlace> {
  const wanted = revision ?? (await readCurrent(layout))
  if (wanted === null) return { revision: null, folder: layout.installation, lowerdir: 'installation' }
  return {
    revision: wanted,
    folder: layout.installationRevision(wanted),
    lowerdir: `installation/revisions/${wanted}`,
  }
}

/** The revision that a layer of `instance.env` is; null for the files of an earlier left4me; undefined for any other. */
export function revisionOfLowerdir(lowerdir: string): number | null | undefined {
  if (lowerdir === 'installation') return null
  const number = /^installation\/revisions\/(\d+)$/.exec(lowerdir)?.[1]
  return number === undefined ? undefined : Number(number)
}

/** null when no revision was ever published. A pointer that can't be read counts as the newest. */
export async function readCurrent(layout: Layout): Promise<number | null> {
  const text = (await readFile(layout.installationCurrent, 'latin1').catch(() => '')).trim()
  if (numberShape.test(text)) return Number(text)
  return (await publishedRevisions(layout))[0] ?? null
}

export async function writeCurrent(layout: Layout, revision: number): Promise<void> {
  await replaceFile(layout.installationCurrent, `${revision}\n`)
}

/** Newest first. */
export async function publishedRevisions(layout: Layout): Promise<number[]> {
  const names = new Set(await namesIn(layout.installationRevisions))
  return [...names]
    .filter(name => numberShape.test(name) && names.has(`${name}.json`))
    .map(Number)
    .toSorted((a, b) => b - a)
}

/** Folders that were about to become a revision when somebody was killed. */
export async function unpublishedRevisions(layout: Layout): Promise<number[]> {
  const names = new Set(await namesIn(layout.installationRevisions))
  return [...names].filter(name => numberShape.test(name) && !names.has(`${name}.json`)).map(Number)
}

/** Higher than any that was there, published or not. */
export async function nextRevision(layout: Layout): Promise<number> {
  const names = await namesIn(layout.installationRevisions)
  const numbers = names.map(name => name.replace(/\.json$/, '')).filter(name => numberShape.test(name))
  return Math.max(0, ...numbers.map(Number)) + 1
}

export function notePath(layout: Layout, revision: number): string {
  return join(layout.installationRevisions, `${revision}.json`)
}

/** From then on it is a revision. */
export async function writeNote(layout: Layout, revision: number, installedAt: number): Promise<void> {
  await mkdir(layout.installationRevisions, { recursive: true, mode: 0o755 })
  await replaceFile(notePath(layout, revision), `${JSON.stringify({ installedAt })}\n`)
}

/** When it was published, in ms since the epoch; null when that can't be read. */
export async function readInstalledAt(layout: Layout, revision: number): Promise<number | null> {
  try {
    const note = objectOf(JSON.parse(await readFile(notePath(layout, revision), 'utf8')), 'note')
    return integerOf(note['installedAt'], 'installedAt', 0, Number.MAX_SAFE_INTEGER)
  } catch {
    return null
  }
}

export async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
