import { createHash, randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { FetchContext } from '../downloads/fetch-context.ts'
import { FetchSession, parallelItems } from '../downloads/fetch-session.ts'
import { inParallel } from '../downloads/in-parallel.ts'
import { isDiskFull } from '../files/full-disk.ts'
import { removeTree } from '../files/remove-tree.ts'
import { HostError } from '../host-error.ts'
import type { RevisionSource } from '../overlays/overlay-contract.ts'
import { KnownContents, type PlacedFile } from './known-contents.ts'
import { entryVersion, type IndexEntry, maxIndexBytes, parseIndex } from './parse-index.ts'
import { areThere, layFiles, md5Of, unpackEntry } from './take-content.ts'

export interface IndexSource {
  readonly url: string
  /** Folder of the previous revision: what it has already is linked instead of fetched. */
  readonly previous: string | null
  readonly previousSources: readonly RevisionSource[]
}

/**
 * Puts what a map index lists into `target`, and nothing else. All or an error, which names the index's line. Rejects with
 * `index-refused`, `download-failed`, `download-refused`, `archive-refused`, `build-too-large`, `disk-full`, `cancelled`.
 */
export async function fillFromIndex(
  target: string,
  source: IndexSource,
  context: FetchContext,
): Promise<RevisionSource[]> {
  const work = join(context.temporary, `index-${randomBytes(6).toString('hex')}`)
  using session = new FetchSession(context)
  try {
    await mkdir(work, { recursive: true, mode: 0o700 })
    session.tell('fetching the index')
    const bytes = await session.read(
      { name: 'The index', url: source.url, purpose: 'index', maxBytes: maxIndexBytes },
      context.signal,
    )
    return await new IndexBuild(target, work, source, context, session).run(parseIndex(bytes))
  } catch (error) {
    throw explained(error, context.signal)
  } finally {
    await removeTree(work)
  }
}

class IndexBuild {
  readonly #target: string
  readonly #work: string
  readonly #source: IndexSource
  readonly #context: FetchContext
  readonly #session: FetchSession
  readonly #known: KnownContents
  /** By path in small letters: the line that it came from. */
  readonly #taken = new Map<string, number>()
  readonly #sources = new Map<number, RevisionSource>()

  constructor(
    target: string,
    work: string,
    source: IndexSource,
    context: FetchContext,
    session: FetchSession,
  ) {
    this.#target = target
    this.#work = work
    this.#source = source
    this.#context = context
    this.#session = session
    this.#known = new KnownContents(join(context.temporary, 'index-contents'))
  }

  async run(entries: readonly IndexEntry[]): Promise<RevisionSource[]> {
    const { onOutput, signal } = this.#context
    const missing: IndexEntry[] = []
    for (const entry of entries) {
      const files = await this.#inPrevious(entry)
      if (files && this.#source.previous !== null)
        await this.#take(entry, files, this.#source.previous, 'link')
      else missing.push(entry)
    }
    onOutput(
      `The index lists ${entries.length} files: ${entries.length - missing.length} are there, ${missing.length} are fetched.`,
    )
    await this.#session.expect(missing.map(({ size }) => size))
    await inParallel(missing, parallelItems, signal, (entry, either) => this.#fetch(entry, either))
    return entries.flatMap(entry => this.#sources.get(entry.line) ?? [])
  }

  /** What the previous revision has of exactly this entry; null when it isn't certain that it has all of it. */
  async #inPrevious(entry: IndexEntry): Promise<PlacedFile[] | null> {
    const { previous, previousSources } = this.#source
    const version = entryVersion(entry)
    const had = previousSources.some(({ id, version: other }) => id === entry.name && other === version)
    if (previous === null || !had) return null
    const files = await this.#known.find(contentKey(entry))
    return files && (await areThere(files, previous)) ? files : null
  }

  async #fetch(entry: IndexEntry, signal: AbortSignal): Promise<void> {
    const { maxBytes, onOutput } = this.#context
    const downloaded = join(this.#work, `${entry.line}`)
    const place = join(this.#work, `${entry.line}.files`)
    const name = `Line ${entry.line} (${entry.name})`
    try {
      await this.#session.download(
        {
          name,
          url: entry.link,
          purpose: 'index',
          identity: entry.name,
          version: entryVersion(entry),
          size: entry.size,
          target: downloaded,
        },
        signal,
      )
      if ((await md5Of(downloaded, signal)) !== entry.md5)
        throw new HostError('download-refused', 'What came has another MD5 than the index says.', {
          remedy: 'Build again; if it comes back, the index or the file behind the link has to be corrected.',
        })
      await mkdir(place, { mode: 0o755 })
      const files = await unpackEntry(entry, downloaded, place, { maxBytes, signal, onOutput })
      await this.#take(entry, files, place, 'move')
      await this.#known.remember(contentKey(entry), files)
      this.#session.tell(`${this.#sources.size} files of the index are there`)
    } catch (error) {
      throw named(error, name)
    } finally {
      await removeTree(place)
    }
  }

  async #take(
    entry: IndexEntry,
    files: readonly PlacedFile[],
    from: string,
    how: 'move' | 'link',
  ): Promise<void> {
    for (const { path } of files) {
      const other = this.#taken.get(path.toLowerCase())
      if (other !== undefined)
        throw new HostError(
          'index-refused',
          `Lines ${other} and ${entry.line} of the index both bring ${path}.`,
          {
            remedy: 'Have one of them taken out.',
          },
        )
      this.#taken.set(path.toLowerCase(), entry.line)
    }
    const bytes = files.reduce((sum, file) => sum + file.size, 0)
    this.#session.count(entry.name, bytes)
    await layFiles(files, from, this.#target, how)
    this.#sources.set(entry.line, { id: entry.name, title: entry.name, version: entryVersion(entry), bytes })
  }
}

/** The name counts: a VPK is called after it. */
function contentKey(entry: IndexEntry): string {
  return `${entryVersion(entry)}-${createHash('sha256').update(entry.name).digest('hex').slice(0, 32)}`
}

function named(error: unknown, name: string): unknown {
  if (!(error instanceof HostError) || error.code === 'cancelled' || error.message.includes(name))
    return error
  return new HostError(error.code, `${name}: ${error.message}`, {
    ...(error.remedy === null ? {} : { remedy: error.remedy }),
    cause: error,
  })
}

function explained(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted)
    return new HostError('cancelled', 'Fetching the map index was cancelled.', { cause: error })
  if (isDiskFull(error))
    return new HostError('disk-full', 'What the map index lists has no room: the disk is full.', {
      remedy: 'Free space on the disk of the data directory.',
      cause: error,
    })
  return error
}
