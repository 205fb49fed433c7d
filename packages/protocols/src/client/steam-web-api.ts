import { ProtocolError } from '../protocol-error.ts'
import {
  type ListedServer,
  type PlayerSummary,
  readPlayerSummaries,
  readServersAtAddress,
  readUpToDateCheck,
  type UpToDateCheck,
} from '../web-api/players-and-servers.ts'
import {
  type CollectionDetails,
  type PublishedFile,
  readCollections,
  readPublishedFiles,
} from '../web-api/published-files.ts'
import { fetchJson, type HttpJsonOptions } from './http-json.ts'

export interface SteamWebApiOptions {
  /** `https://api.steampowered.com` unless said otherwise. */
  readonly baseUrl?: string
  /** Only `playerSummaries` needs one. */
  readonly key?: string
  readonly timeoutMs?: number
  readonly attempts?: number
  readonly backoffMs?: number
}

export interface ResolvedCollection {
  /** Items in the order in which they are met, each once; collections themselves are not among them. */
  readonly itemIds: readonly string[]
  /** Collections that don't exist or are hidden. */
  readonly missingCollectionIds: readonly string[]
  /** A limit was reached: there is more. */
  readonly truncated: boolean
}

/** Ids of one call. Steam documents no limit; this one works and is what others use. */
const batchSize = 100
const maxCollectionDepth = 8
const maxCollections = 200
const maxCollectionItems = 5000
const maxAnswerBytes = 16 * 1024 * 1024

/**
 * Steam's Web API, as far as a server of the game needs it. Every method rejects with a ProtocolError: `refused` (Steam
 * said no), `timeout`, `closed`, `malformed`, `too-large`, `aborted`, `bad-input`. Questions are repeated where that can
 * help. The key is sent to Steam only and is in no message.
 */
export class SteamWebApi {
  readonly #baseUrl: string
  readonly #key: string | null
  readonly #http: HttpJsonOptions

  constructor(options: SteamWebApiOptions = {}) {
    this.#baseUrl = (options.baseUrl ?? 'https://api.steampowered.com').replace(/\/$/, '')
    this.#key = options.key ?? null
    this.#http = {
      timeoutMs: options.timeoutMs ?? 15_000,
      attempts: options.attempts ?? 4,
      backoffMs: options.backoffMs ?? 1000,
      maxBytes: maxAnswerBytes,
    }
  }

  /** In the order of the ids, each once; what Steam doesn't mention is missing with result 0. */
  async publishedFiles(ids: readonly string[], signal?: AbortSignal): Promise<PublishedFile[]> {
    const found = new Map<string, PublishedFile>()
    const wanted = checkIds(ids)
    for (const batch of inBatches(wanted)) {
      const json = await this.#post(
        'ISteamRemoteStorage/GetPublishedFileDetails/v1',
        'itemcount',
        batch,
        signal,
      )
      for (const file of readPublishedFiles(json)) found.set(file.id, file)
    }
    return wanted.map(id => found.get(id) ?? { found: false, id, result: 0 })
  }

  /** In the order of the ids, each once. An id that is no collection is not found. */
  async collections(ids: readonly string[], signal?: AbortSignal): Promise<CollectionDetails[]> {
    const found = new Map<string, CollectionDetails>()
    const wanted = checkIds(ids)
    for (const batch of inBatches(wanted)) {
      const json = await this.#post(
        'ISteamRemoteStorage/GetCollectionDetails/v1',
        'collectioncount',
        batch,
        signal,
      )
      for (const collection of readCollections(json)) found.set(collection.id, collection)
    }
    return wanted.map(id => found.get(id) ?? { id, found: false, children: [] })
  }

  /**
   * The items of a collection and of those inside it, level by level. Cycles end where they began; depth, number of
   * collections and of items are limited.
   */
  async resolveCollection(id: string, signal?: AbortSignal): Promise<ResolvedCollection> {
    const items = new Set<string>()
    const seen = new Set([id])
    const missing: string[] = []
    let truncated = false
    let level = [id]
    for (let depth = 0; level.length > 0; depth += 1) {
      if (depth >= maxCollectionDepth) {
        truncated = true
        break
      }
      const next: string[] = []
      for (const collection of await this.collections(level, signal)) {
        if (!collection.found) missing.push(collection.id)
        for (const child of collection.children) {
          if (!child.isCollection) {
            if (items.size < maxCollectionItems) items.add(child.id)
            else truncated ||= !items.has(child.id)
          } else if (!seen.has(child.id)) {
            if (seen.size < maxCollections) {
              seen.add(child.id)
              next.push(child.id)
            } else truncated = true
          }
        }
      }
      level = next
    }
    return { itemIds: [...items], missingCollectionIds: missing, truncated }
  }

  /** By SteamID64; those that Steam doesn't know are missing. Rejects with `bad-input` without a key. */
  async playerSummaries(
    steamIds: readonly string[],
    signal?: AbortSignal,
  ): Promise<Map<string, PlayerSummary>> {
    if (this.#key === null) {
      throw new ProtocolError('bad-input', 'Steam tells names of players only with a Web API key.', {
        remedy: 'Set STEAM_WEB_API_KEY.',
      })
    }
    const players = new Map<string, PlayerSummary>()
    for (const batch of inBatches(checkIds(steamIds))) {
      const json = await this.#get(
        'ISteamUser/GetPlayerSummaries/v2',
        { key: this.#key, steamids: batch.join(',') },
        signal,
      )
      for (const player of readPlayerSummaries(json)) players.set(player.steamId, player)
    }
    return players
  }

  /** `version`: PatchVersion of steam.inf without its dots. */
  async upToDateCheck(appId: number, version: string, signal?: AbortSignal): Promise<UpToDateCheck> {
    if (!/^\d{1,20}$/.test(version))
      throw new ProtocolError('bad-input', 'The version has to be digits only.')
    return readUpToDateCheck(
      await this.#get('ISteamApps/UpToDateCheck/v1', { appid: String(appId), version }, signal),
    )
  }

  /** `address`: an IPv4 address, with `:PORT` or without. */
  async serversAtAddress(address: string, signal?: AbortSignal): Promise<ListedServer[]> {
    if (!/^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?$/.test(address)) {
      throw new ProtocolError('bad-input', 'This is no IPv4 address.')
    }
    return readServersAtAddress(
      await this.#get('ISteamApps/GetServersAtAddress/v1', { addr: address }, signal),
    )
  }

  #get(path: string, parameters: Record<string, string>, signal: AbortSignal | undefined): Promise<unknown> {
    const url = new URL(`${this.#baseUrl}/${path}/`)
    url.search = new URLSearchParams(parameters).toString()
    return fetchJson(url, {}, this.#http, signal)
  }

  #post(
    path: string,
    countName: string,
    ids: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const body = new URLSearchParams([[countName, String(ids.length)]])
    for (const [index, id] of ids.entries()) body.append(`publishedfileids[${index}]`, id)
    return fetchJson(new URL(`${this.#baseUrl}/${path}/`), { method: 'POST', body }, this.#http, signal)
  }
}

function checkIds(ids: readonly string[]): string[] {
  for (const id of ids) {
    if (!/^[1-9]\d{0,19}$/.test(id))
      throw new ProtocolError('bad-input', `“${id.slice(0, 40)}” is no id of Steam.`)
  }
  return [...new Set(ids)]
}

function inBatches(ids: readonly string[]): string[][] {
  const batches: string[][] = []
  for (let at = 0; at < ids.length; at += batchSize) batches.push(ids.slice(at, at + batchSize))
  return batches
}
