import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Finding, findingCodes } from '@left4me/protocols'
import { idOf, integerOf, listOf, objectOf, oneOf, textOf } from '../json-value.ts'
import type { OverlayPaths } from '../layout.ts'
import type { OverlayRecipe, RevisionSource, RevisionSummary } from './overlay-contract.ts'

/** What a record consists of. */
export const recordFiles = { summary: 'summary.json', index: 'index.json', files: 'files.json' } as const

const format = 'left4me-revision'
const version = 1
const kinds = [
  'upload',
  'script',
  'workshop',
  'map-index',
] as const satisfies readonly OverlayRecipe['kind'][]
const mostEntries = 100_000
const longestText = 10_000

/**
 * What is known about a revision lies beside it: `records/N` holds its summary, its layer index and the list of its files
 * with hashes. Nothing of it is in `revisions/N`, which servers see as it is.
 *
 * A record is complete before it gets its name, and on the disk before the revision gets its own. Thus after a kill or a
 * power cut at any point a revision has its record; a record without a revision counts for nothing and is swept away.
 */
export function recordOf(paths: OverlayPaths, revision: number): string {
  return join(paths.records, String(revision))
}

/** A new record under a name that nobody takes for one. */
export async function beginRecord(paths: OverlayPaths, revision: number): Promise<string> {
  const folder = join(paths.records, `.building-${revision}-${randomBytes(6).toString('hex')}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** Adds what isn't in the record yet. */
export async function writeRecord(folder: string, summary: RevisionSummary, index: string): Promise<void> {
  await writeSynced(join(folder, recordFiles.index), index)
  await writeSynced(join(folder, recordFiles.summary), encodeSummary(summary))
}

/** Gives a record its name, durably; one that a dead build left there is replaced. */
export async function publishRecord(paths: OverlayPaths, folder: string, revision: number): Promise<void> {
  const target = recordOf(paths, revision)
  await rm(target, { recursive: true, force: true })
  await syncFolder(folder)
  await rename(folder, target)
  await syncFolder(paths.records)
}

/** null when there is none, or it can't be read. */
export async function readSummary(paths: OverlayPaths, revision: number): Promise<RevisionSummary | null> {
  try {
    return parseSummary(await readFile(join(recordOf(paths, revision), recordFiles.summary), 'utf8'))
  } catch {
    return null
  }
}

/** The numbers of the revisions that are published, newest first. */
export async function publishedRevisions(paths: OverlayPaths): Promise<number[]> {
  const names = await readdir(paths.revisions).catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  })
  return names
    .filter(name => /^[1-9][0-9]{0,14}$/.test(name))
    .map(Number)
    .sort((a, b) => b - a)
}

export async function syncFolder(path: string): Promise<void> {
  await using handle = await open(path, 'r')
  await handle.sync()
}

async function writeSynced(path: string, content: string): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(content)
  await file.sync()
}

export function encodeSummary(summary: RevisionSummary): string {
  return `${JSON.stringify({ format, version, ...summary }, null, 1)}\n`
}

/** Throws a HostError for anything that `encodeSummary` didn't write. */
export function parseSummary(text: string): RevisionSummary {
  const record = objectOf(JSON.parse(text), 'summary')
  oneOf(record['format'], 'format', [format])
  integerOf(record['version'], 'version', version, version)
  return {
    overlayId: idOf(record['overlayId'], 'overlayId'),
    revision: idOf(record['revision'], 'revision'),
    publishedAt: countOf(record['publishedAt'], 'publishedAt'),
    kind: oneOf(record['kind'], 'kind', kinds),
    files: countOf(record['files'], 'files'),
    bytes: countOf(record['bytes'], 'bytes'),
    digest: textOf(record['digest'], 'digest', 64),
    findings: listOf(record['findings'], 'findings', mostEntries, findingOf),
    sources: listOf(record['sources'], 'sources', mostEntries, sourceOf),
  }
}

function findingOf(value: unknown, what: string): Finding {
  const record = objectOf(value, what)
  return {
    code: oneOf(record['code'], `${what}.code`, findingCodes),
    severity: oneOf(record['severity'], `${what}.severity`, ['error', 'warning', 'note']),
    path: textOf(record['path'], `${what}.path`, longestText),
    message: textOf(record['message'], `${what}.message`, longestText),
    remedy: textOf(record['remedy'], `${what}.remedy`, longestText),
  }
}

function sourceOf(value: unknown, what: string): RevisionSource {
  const record = objectOf(value, what)
  return {
    id: textOf(record['id'], `${what}.id`, longestText),
    title: textOf(record['title'], `${what}.title`, longestText),
    version: textOf(record['version'], `${what}.version`, longestText),
    bytes: countOf(record['bytes'], `${what}.bytes`),
  }
}

function countOf(value: unknown, what: string): number {
  return integerOf(value, what, 0, Number.MAX_SAFE_INTEGER)
}
