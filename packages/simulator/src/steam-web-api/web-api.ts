import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { gameFacts } from '../game-facts.ts'
import { ContentHosts } from './content-hosts.ts'
import { playerSummary } from './player-summaries.ts'
import { collectionDetails, publishedFileDetails } from './published-files.ts'
import type { WebApiSwitches } from './switches.ts'

/** As much of a request's body as is read; bytes. */
const largestBody = 1024 * 1024

/** The part of Steam's Web API that left4me uses, and the file hosts behind it. */
export class SimulatedWebApi {
  /** May be changed while it runs. */
  readonly switches: WebApiSwitches
  /** Method and path of every request, for tests. */
  readonly requests: string[] = []
  #server: Server | null = null
  #refusedInARow = 0
  readonly #hosts: ContentHosts

  constructor(switches: WebApiSwitches) {
    this.switches = switches
    this.#hosts = new ContentHosts(switches)
  }

  /** Rejects when the address is taken; resolves with the origin, `http://host:port`. */
  async listen(port: number, host = '127.0.0.1'): Promise<string> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, host }, resolve)
    })
    this.#server = server
    return `http://${host}:${(server.address() as AddressInfo).port}`
  }

  /** Also ends the answers that hang. Idempotent. */
  async close(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    server.closeAllConnections()
    await new Promise<void>(resolve => server.close(() => resolve()))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const origin = `http://${request.headers.host ?? '127.0.0.1'}`
    const url = new URL(request.url ?? '/', origin)
    this.requests.push(`${request.method ?? 'GET'} ${url.pathname}`)
    const form = new URLSearchParams(await readBody(request))
    if (this.switches.hang) return
    if (this.switches['delay-ms'] > 0) await wait(this.switches['delay-ms'])
    if (this.#refuses(response)) return
    const [, ...path] = url.pathname.split('/')
    if (await this.#hosts.serve(path, origin, request, response)) return
    const method = `${path[0] ?? ''}/${path[1] ?? ''}`
    // The version is written as v1 and as v0001.
    const known = /^v0*[12]$/.test(path[2] ?? '')
      ? this.#answer(method, url.searchParams, form, origin)
      : null
    if (known === null) this.#send(response, 404, 'text/html', '<h1>Not Found</h1>')
    else if (typeof known === 'number') this.#send(response, known, 'text/html', '<h1>Forbidden</h1>')
    else this.#sendJson(response, JSON.stringify({ response: known }))
  }

  /** An answer, a status that stands for one, or null for what isn't there. */
  #answer(
    method: string,
    query: URLSearchParams,
    form: URLSearchParams,
    origin: string,
  ): object | number | null {
    switch (method) {
      case 'ISteamRemoteStorage/GetPublishedFileDetails': {
        const ids = listedIds(form, 'itemcount')
        if (ids === null) return 400
        const details = ids.map(id => publishedFileDetails(id, origin, this.switches))
        return { result: 1, resultcount: details.length, publishedfiledetails: details }
      }
      case 'ISteamRemoteStorage/GetCollectionDetails': {
        const ids = listedIds(form, 'collectioncount')
        if (ids === null) return 400
        const details = ids.map(collectionDetails)
        const found = details.filter(detail => 'children' in detail)
        return { result: 1, resultcount: found.length, collectiondetails: details }
      }
      case 'ISteamUser/GetPlayerSummaries': {
        if (!query.get('key')) return 403
        const ids = (query.get('steamids') ?? '').split(',').slice(0, 100)
        const players = ids.map(id => playerSummary(id, origin)).filter(player => player !== null)
        // Steam keeps no order.
        return { players: players.reverse() }
      }
      case 'ISteamApps/UpToDateCheck':
        return this.#upToDateCheck(Number(query.get('version')))
      case 'ISteamApps/GetServersAtAddress':
        return serversAtAddress(query.get('addr') ?? '')
      default:
        return null
    }
  }

  #upToDateCheck(version: number): object {
    const required = this.switches['required-version']
    if (version >= required) return { success: true, up_to_date: true, version_is_listable: true }
    return {
      success: true,
      up_to_date: false,
      version_is_listable: false,
      // Seen as a number and as a string.
      required_version: this.switches['number-sizes'] ? required : String(required),
      message: 'Your server is out of date, please upgrade',
    }
  }

  /** True when a switch said that this request isn't answered properly. */
  #refuses(response: ServerResponse): boolean {
    const { 'rate-limit': limited, unavailable } = this.switches
    const count = limited !== 0 ? limited : unavailable
    if (count === 0 || (count > 0 && this.#refusedInARow >= count)) {
      this.#refusedInARow = 0
      return false
    }
    this.#refusedInARow += 1
    if (limited !== 0) {
      response.setHeader('retry-after', '1')
      this.#send(response, 429, 'text/html', '<h1>Too Many Requests</h1>')
    } else {
      this.#send(response, 503, 'text/html', '<h1>Service Unavailable</h1>')
    }
    return true
  }

  #sendJson(response: ServerResponse, text: string): void {
    if (this.switches.html) {
      this.#send(response, 200, 'text/html', '<!doctype html><title>Steam</title><p>Something went wrong.')
    } else if (this.switches.huge) {
      response.writeHead(200, { 'content-type': 'application/json' })
      void sendForEver(response, text.slice(0, -1))
    } else {
      const shown = this.switches.malformed ? text.slice(0, Math.ceil(text.length / 2)) : text
      this.#send(response, 200, 'application/json; charset=UTF-8', shown)
    }
  }

  #send(response: ServerResponse, status: number, type: string, text: string): void {
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
    response.end(text)
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestBody) throw new Error('the body is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** `publishedfileids[0]`, `[1]`, …: as many as the count says. null when they don't agree. */
function listedIds(form: URLSearchParams, countName: string): string[] | null {
  const count = Number(form.get(countName))
  if (!Number.isInteger(count) || count < 1 || count > 1000) return null
  const ids = Array.from({ length: count }, (_, index) => form.get(`publishedfileids[${index}]`))
  return ids.every(id => id !== null) ? ids : null
}

function serversAtAddress(address: string): object {
  const match = /^(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?$/.exec(address)
  if (match === null) return { success: false, message: 'Bad address' }
  const port = Number(match[2] ?? gameFacts.defaultPort)
  return {
    success: true,
    servers: [
      {
        addr: `${match[1]}:${port}`,
        gmsindex: 65534,
        // Above 2^53: a reader that makes a number of it gets another one.
        steamid: '90171234567890123',
        appid: gameFacts.gameAppId,
        gamedir: gameFacts.gameFolder,
        region: -1,
        secure: true,
        lan: false,
        gameport: port,
        specport: 0,
      },
    ],
  }
}

/** Until the client goes away. */
async function sendForEver(response: ServerResponse, start: string): Promise<void> {
  const text = (function* () {
    yield start
    for (;;) yield ' '.repeat(64 * 1024)
  })()
  try {
    await pipeline(Readable.from(text), response)
  } catch {
    // It went away.
  }
}
