import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { indexFile, indexText, indexTroubles } from '../workshop/map-index.ts'
import { workshopItem, workshopPicture } from '../workshop/workshop-item.ts'
import { type DownloadTrouble, downloadTroubles } from './download-troubles.ts'
import { plainImage } from './plain-image.ts'
import { isLegacy } from './published-files.ts'
import { type ServedContent, sendContent } from './send-content.ts'
import type { WebApiSwitches } from './switches.ts'

/** The hosts behind the Web API, all at its own address: files and pictures of the Workshop, and a map index. */
export class ContentHosts {
  readonly #switches: WebApiSwitches
  #troubles = 0

  constructor(switches: WebApiSwitches) {
    this.#switches = switches
  }

  /** false for a path that isn't theirs. */
  async serve(
    path: readonly string[],
    origin: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<boolean> {
    const [host, name = '', file = ''] = path
    switch (host) {
      case 'ugc':
        await this.#sendItem(name, request, response)
        return true
      case 'map-index':
        if (name === 'index.csv') this.#sendIndex(origin, response)
        else await this.#sendFile(name === 'files' ? file : '', request, response)
        return true
      case 'preview':
        sendPicture(response, workshopPicture(String(Number.parseInt(name, 10) || 0)))
        return true
      case 'avatar':
        sendPicture(response, plainImage(Number.parseInt(name, 10) || 0, 64))
        return true
      default:
        return false
    }
  }

  async #sendItem(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isLegacy(id)) return notFound(response)
    const switches = this.#switches
    if (switches['download-redirect']) {
      response.writeHead(302, { location: 'http://127.0.0.1:9/elsewhere.vpk' }).end()
      return
    }
    const item = workshopItem(id, switches['item-bytes'], switches['item-revision'])
    const etag = `"${id}-${item.updatedAt}-${item.size}"`
    const served: ServedContent = switches['download-zip']
      ? whole(Buffer.from('PK\x03\x04 a ZIP in disguise'.padEnd(item.size)), `"zip-${id}"`)
      : switches['download-other-size']
        ? { ...item, size: item.size + 4096, etag, content: longer(item) }
        : { ...item, etag }
    await this.#send(id, served, request, response)
  }

  async #sendFile(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const content = this.#switches['map-index'] === 'missing' ? null : indexFile(name)
    if (!content) return notFound(response)
    const etag = `"${createHash('sha1').update(content).digest('hex')}"`
    await this.#send(name, whole(content, etag), request, response)
  }

  #sendIndex(origin: string, response: ServerResponse): void {
    const trouble = indexTroubles.find(known => known === this.#switches['map-index']) ?? 'none'
    response.writeHead(200, { 'content-type': trouble === 'web-page' ? 'text/html' : 'text/csv' })
    response.end(trouble === 'web-page' ? '<!doctype html><title>Log in</title>' : indexText(origin, trouble))
  }

  async #send(
    id: string,
    served: ServedContent,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const trouble = this.#switches['download-short'] ? 'short' : this.#trouble(id)
    await sendContent(request, response, served, trouble, this.#switches)
  }

  #trouble(id: string): DownloadTrouble {
    const { 'download-trouble': wanted, 'download-trouble-id': only } = this.#switches
    const times = this.#switches['download-trouble-times']
    const trouble = downloadTroubles.find(known => known === wanted) ?? 'none'
    if (trouble === 'none') {
      this.#troubles = 0
      return 'none'
    }
    if ((only !== '' && only !== id) || (times >= 0 && this.#troubles >= times)) return 'none'
    this.#troubles += 1
    return trouble
  }
}

function whole(content: Buffer, etag: string): ServedContent {
  return { size: content.length, etag, content: (from, to) => [content.subarray(from, to)] }
}

function longer(item: { size: number; content: ServedContent['content'] }): ServedContent['content'] {
  return function* (from, to) {
    yield* item.content(Math.min(from, item.size), Math.min(to, item.size))
    if (to > item.size) yield Buffer.alloc(to - Math.max(from, item.size))
  }
}

function sendPicture(response: ServerResponse, picture: Buffer): void {
  response.writeHead(200, { 'content-type': 'image/png', 'content-length': picture.length })
  response.end(picture)
}

function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not Found</h1>')
}
