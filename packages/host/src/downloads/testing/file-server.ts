import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Script = (request: IncomingMessage, response: ServerResponse, count: number) => void

/** An HTTP server for tests that does what the script says, on a free port of 127.0.0.1. */
export class FileServer implements AsyncDisposable {
  readonly #server: Server
  /** The `Range` of each request so far. */
  readonly ranges: (string | null)[] = []

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(script: Script): Promise<FileServer> {
    const server = createServer()
    const made = new FileServer(server)
    server.on('request', (request, response) => {
      made.ranges.push(request.headers.range ?? null)
      script(request, response, made.ranges.length)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return made
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>(resolve => this.#server.close(() => resolve()))
  }
}

/** Answers with content, as a file server does: parts of it when `If-Range` fits. */
export function serve(
  content: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
  options: { readonly etag?: string; readonly upTo?: number } = {},
): void {
  const { etag = '"one"' } = options
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
  const from = range && request.headers['if-range'] === etag ? Number(range[1]) : 0
  response.writeHead(from > 0 ? 206 : 200, {
    etag,
    'content-length': content.length - from,
    ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
  })
  if (options.upTo === undefined) response.end(content.subarray(from))
  else {
    // Not destroyed: a reset could take back what was sent.
    response.write(content.subarray(from, options.upTo), () => response.socket?.end())
  }
}
