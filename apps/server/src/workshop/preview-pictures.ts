import { pictureTypeOf } from '../content/picture-type.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { KnownItem } from './known-item.ts'
import type { WorkshopCatalog } from './workshop-catalog.ts'

export interface Picture {
  readonly type: string
  readonly bytes: Uint8Array
}

export interface PreviewPicturesOptions {
  readonly catalog: Pick<WorkshopCatalog, 'known' | 'lookUp'>
  /** An origin besides Steam's own hosts: that of the configured Web API, which may be a simulated one. */
  readonly trustedOrigin: string | null
  /** Milliseconds for one picture. */
  readonly timeoutMs?: number
}

const mostBytes = 4 * 1024 * 1024
/** Of all pictures that are kept. */
const mostKeptBytes = 32 * 1024 * 1024
/** Pictures that are fetched at the same time; others wait. */
const mostAtOnce = 6
/** Where Steam keeps previews: seen in answers of GetPublishedFileDetails; no document of Valve's lists them. */
const hosts = /(?:^|\.)(?:steamusercontent\.com|steamstatic\.com)$|^steamuserimages-a\.akamaihd\.net$/

/**
 * Preview pictures, fetched in place of the browser, which never talks to Valve: over HTTPS from Steam's own hosts
 * without following redirects, at most 4 MiB, and only what is a picture by its first bytes. Kept in memory.
 */
export class PreviewPictures {
  readonly #options: PreviewPicturesOptions
  /** By address, the one that was asked for last at the end. */
  readonly #kept = new Map<string, Picture>()
  #keptBytes = 0
  readonly #fetching = new Map<string, Promise<Picture>>()
  #active = 0
  readonly #waiting: (() => void)[] = []

  constructor(options: PreviewPicturesOptions) {
    this.#options = options
  }

  /** Rejects with `not-found` for an item that nobody has resolved or that has none, and with `download-failed`. */
  async get(itemId: string): Promise<Picture> {
    const [item] = (await this.#options.catalog.known([itemId])).values()
    const url = addressOf(item)
    try {
      return await this.#at(url)
    } catch (error) {
      // Steam moves pictures; and a simulated Steam has another address after each start.
      const fresh = await this.#options.catalog
        .lookUp([itemId], { maxAge: 5000, allowStale: false, plainItems: new Set([itemId]) })
        .catch(() => null)
      const moved = fresh?.items.get(itemId)?.previewUrl ?? url
      if (moved === url) throw error
      return this.#at(moved)
    }
  }

  async #at(url: string): Promise<Picture> {
    const kept = this.#kept.get(url)
    if (kept) {
      this.#kept.delete(url)
      this.#kept.set(url, kept)
      return kept
    }
    const under = this.#fetching.get(url)
    if (under) return under
    const fetched = this.#fetch(url).finally(() => this.#fetching.delete(url))
    this.#fetching.set(url, fetched)
    return fetched
  }

  async #fetch(url: string): Promise<Picture> {
    const address = this.#allowed(url)
    if (this.#active >= mostAtOnce) await new Promise<void>(resolve => this.#waiting.push(resolve))
    this.#active += 1
    try {
      const bytes = await download(address, this.#options.timeoutMs ?? 10_000)
      const type = pictureTypeOf(bytes)
      if (type === null) throw failed('what came is no picture')
      const picture = { type, bytes }
      this.#keep(url, picture)
      return picture
    } finally {
      this.#active -= 1
      this.#waiting.shift()?.()
    }
  }

  #allowed(text: string): URL {
    const url = URL.parse(text)
    if (url !== null && url.origin === this.#options.trustedOrigin) return url
    if (url?.protocol === 'https:' && url.port === '' && url.username === '' && hosts.test(url.hostname)) {
      return url
    }
    throw failed('its address is none of Steam’s')
  }

  #keep(url: string, picture: Picture): void {
    this.#kept.set(url, picture)
    this.#keptBytes += picture.bytes.length
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#keptBytes <= mostKeptBytes) break
      this.#kept.delete(oldest)
      this.#keptBytes -= bytes.length
    }
  }
}

async function download(url: URL, timeoutMs: number): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
    if (!response.ok) {
      await response.body?.cancel()
      throw failed(`Steam answered with status ${response.status}`)
    }
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of response.body ?? []) {
      size += chunk.length
      if (size > mostBytes) throw failed(`it has more than ${mostBytes / 1024 / 1024} MiB`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    if (error instanceof ProblemError) throw error
    throw failed('Steam did not answer', error)
  }
}

function addressOf(item: KnownItem | undefined): string {
  if (item === undefined || item.previewUrl === null) {
    throw new ProblemError('not-found', 'No preview is known of this item. Resolve it first.')
  }
  return item.previewUrl
}

function failed(reason: string, cause?: unknown): ProblemError {
  return new ProblemError(
    'download-failed',
    `The preview could not be fetched: ${reason}. Try again later.`,
    {
      cause,
    },
  )
}
