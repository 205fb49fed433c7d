import { once } from 'node:events'
import { createServer } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'

/** A panel that is reached by HTTPS under its name, as plain HTTP of this machine. */
export interface TlsClient extends AsyncDisposable {
  readonly url: string
}

/**
 * For programs that know neither the name's address nor its certificate: what it is asked goes by TLS to a port of
 * 127.0.0.1, as `domain`, and only if the other side proves to be that by `certificate` (PEM).
 */
export async function openTlsClient(options: {
  readonly domain: string
  readonly port: number
  readonly certificate: string
}): Promise<TlsClient> {
  const { domain, port, certificate } = options
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, host: domain }
    if (asked.headers.origin !== undefined) headers.origin = `https://${domain}`
    const passedOn = request(
      {
        ...{ host: '127.0.0.1', port, servername: domain, ca: certificate },
        ...{ method: asked.method, path: asked.url, headers },
      },
      response => {
        answer.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(answer)
      },
    )
    passedOn.on('error', error => {
      answer.writeHead(502).end(String(error))
    })
    asked.pipe(passedOn)
  })
  // Emulated, the other side lets one wait: a connection that is kept isn't closed under who uses it again.
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}
