import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'

export interface HttpPeerRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly form: URLSearchParams
}

export interface HttpPeerAnswer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string
  /** Breaks the connection instead of answering. */
  readonly hangUp?: boolean
  /** Never answers. */
  readonly silent?: boolean
}

/** An HTTP peer for tests: answers each request with what the script returns. */
export class HttpPeer implements AsyncDisposable {
  readonly requests: HttpPeerRequest[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(script: (request: HttpPeerRequest, count: number) => HttpPeerAnswer): Promise<HttpPeer> {
    const server = createServer()
    const peer = new HttpPeer(server)
    server.on('request', (incoming, outgoing) => {
      void readRequest(incoming).then(request => {
        peer.requests.push(request)
        const answer = script(request, peer.requests.length)
        if (answer.silent) return
        if (answer.hangUp) incoming.socket.destroy()
        else {
          outgoing.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
          outgoing.end(answer.body ?? '')
        }
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return peer
  }

  get baseUrl(): string {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The peer does not listen.')
    return `http://127.0.0.1:${address.port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }
}

async function readRequest(incoming: IncomingMessage): Promise<HttpPeerRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk))
  const url = new URL(incoming.url ?? '/', 'http://peer.invalid')
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    form: new URLSearchParams(Buffer.concat(chunks).toString()),
  }
}
