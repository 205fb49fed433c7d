import { ProtocolError } from '@left4me/protocols'
import type { SteamWebApi } from '@left4me/protocols/client'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import { ProblemError } from '../http/problem-error.ts'
import { isKnownItem, type KnownItem, knownItemOf } from './known-item.ts'

export interface LookUpOptions {
  /** Milliseconds that what is known may be old; 0 asks Steam for every id. */
  readonly maxAge: number
  /** Answers with what is known, however old, where Steam can't be asked and everything is known. */
  readonly allowStale: boolean
  /** Ids that a collection names as plain items: Steam needn't be asked whether they are collections. */
  readonly plainItems?: ReadonlySet<string>
  readonly signal?: AbortSignal
}

export interface LookUp {
  /** Of every id that was asked for. */
  readonly items: ReadonlyMap<string, KnownItem>
  /** Why some of it is older than was asked for; null when all is fresh enough. */
  readonly staleBecause: string | null
}

/** Rows in one statement; SQLite takes 32,766 parameters, and nobody waits for one statement this way. */
const rowsAtOnce = 500

/** What Steam says about items and collections, kept in the database with its age. */
export class WorkshopCatalog {
  readonly #db: Kysely<Database>
  readonly #api: SteamWebApi

  constructor(options: { readonly db: Kysely<Database>; readonly api: SteamWebApi }) {
    this.#db = options.db
    this.#api = options.api
  }

  /** Rejects with `download-failed` when Steam can't be asked and that isn't allowed to pass. */
  async lookUp(ids: readonly string[], options: LookUpOptions): Promise<LookUp> {
    const wanted = [...new Set(ids)]
    const known = await this.known(wanted)
    const now = Date.now()
    const asked = wanted.filter(id => {
      const item = known.get(id)
      // A clock that was set back makes nothing fresh.
      return item === undefined || item.fetchedAt <= now - options.maxAge || item.fetchedAt > now
    })
    if (asked.length === 0) return { items: known, staleBecause: null }
    try {
      for (const item of await this.#ask(asked, known, options)) known.set(item.id, item)
      return { items: known, staleBecause: null }
    } catch (error) {
      if (!(error instanceof ProtocolError) || wasCancelled(error, options.signal)) throw error
      if (!options.allowStale || asked.some(id => !known.has(id))) throw steamFailed(error)
      return { items: known, staleBecause: sentenceOf(error) }
    }
  }

  /** What is known without asking; ids that aren't are missing. A damaged row is as good as none. */
  async known(ids: readonly string[]): Promise<Map<string, KnownItem>> {
    const found = new Map<string, KnownItem>()
    for (let at = 0; at < ids.length; at += rowsAtOnce) {
      const rows = await this.#db
        .selectFrom('workshop_items')
        .select(['id', 'details'])
        .where('id', 'in', ids.slice(at, at + rowsAtOnce))
        .execute()
      for (const { id, details } of rows) {
        const item: unknown = JSON.parse(details)
        if (isKnownItem(item) && item.id === id) found.set(id, item)
      }
    }
    return found
  }

  async #ask(
    ids: readonly string[],
    known: ReadonlyMap<string, KnownItem>,
    { plainItems, signal }: LookUpOptions,
  ): Promise<KnownItem[]> {
    // An item never becomes a collection.
    const perhapsCollections = ids.filter(id => !plainItems?.has(id) && known.get(id)?.kind !== 'item')
    const collections = new Map(
      (await this.#api.collections(perhapsCollections, signal)).map(each => [each.id, each]),
    )
    const files = await this.#api.publishedFiles(ids, signal)
    const now = Date.now()
    const items = files.map(file => knownItemOf(file, collections.get(file.id) ?? null, now))
    await this.#keep(items)
    return items
  }

  async #keep(items: readonly KnownItem[]): Promise<void> {
    for (let at = 0; at < items.length; at += rowsAtOnce) {
      await this.#db
        .insertInto('workshop_items')
        .values(
          items.slice(at, at + rowsAtOnce).map(item => ({
            id: item.id,
            details: JSON.stringify(item),
            fetched_at: item.fetchedAt,
          })),
        )
        .onConflict(conflict =>
          conflict.column('id').doUpdateSet(eb => ({
            details: eb.ref('excluded.details'),
            fetched_at: eb.ref('excluded.fetched_at'),
          })),
        )
        .execute()
    }
  }
}

/** By a person or a shutdown, rather than by a deadline. */
function wasCancelled({ code }: ProtocolError, signal: AbortSignal | undefined): boolean {
  const reason: unknown = signal?.reason
  return code === 'aborted' && !(reason instanceof DOMException && reason.name === 'TimeoutError')
}

function steamFailed(error: ProtocolError): ProblemError {
  return new ProblemError('download-failed', sentenceOf(error), { cause: error })
}

function sentenceOf(error: ProtocolError): string {
  const reason = error.code === 'aborted' ? 'It did not answer in time.' : error.message
  return `Steam could not be asked about the Workshop: ${reason} ${error.remedy ?? 'Try again in some minutes.'}`
}
