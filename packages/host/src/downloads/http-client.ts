import { type Agent, type IncomingMessage, request as requestByHttp } from 'node:http'
import { request as requestByHttps } from 'node:https'
import { HostError } from '../host-error.ts'
import { BodyReader } from './body-reader.ts'
import { allowedUrl, type DownloadPolicy, type DownloadPurpose, isTrusted } from './download-policy.ts'
import { PublicHttpsAgent, trustedAgent } from './guarded-agent.ts'

export interface HttpAnswer {
  readonly url: URL
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** To be read once. Throws a StalledError after silence for the idle time. */
  readonly body: BodyReader
  /** Ends the connection unless the whole body has come. */
  readonly close: () => void
}

const mostRedirects = 5
const redirects = new Set([301, 302, 303, 307, 308])
const connectionOptions = { keepAlive: true, maxSockets: 16, scheduling: 'lifo' } as const

/**
 * GET requests under a policy. Redirects are followed as far as each of them is allowed. The environment's proxies are
 * not used: they would connect in our place, unchecked.
 */
export class HttpClient implements Disposable {
  readonly #policy: DownloadPolicy
  readonly #idleMs: number
  readonly #agents = new Map<string, Agent>()
  readonly #publicAgent: () => Agent

  /** `publicAgent` is for tests. */
  constructor(
    policy: DownloadPolicy,
    options: { readonly idleMs: number; readonly publicAgent?: () => Agent },
  ) {
    this.#policy = policy
    this.#idleMs = options.idleMs
    this.#publicAgent = options.publicAgent ?? (() => new PublicHttpsAgent(connectionOptions))
  }

  /** Rejects with `download-refused` where the policy says no, else with the system's error. */
  async get(
    address: string,
    purpose: DownloadPurpose,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    let url = allowedUrl(address, purpose, this.#policy)
    for (let hop = 0; hop <= mostRedirects; hop++) {
      const response = await this.#once(url, headers, signal)
      const { status, close } = response
      const { location } = response.headers
      if (!redirects.has(status) || location === undefined) return response
      close()
      const next = URL.parse(location, url.href)?.href ?? location
      url = allowedUrl(next, purpose, this.#policy)
    }
    throw new HostError('download-refused', `${url.host} redirects again and again.`, {
      remedy: 'Use the address that it leads to in the end.',
    })
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy()
    this.#agents.clear()
  }

  #once(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
    const make = url.protocol === 'https:' ? requestByHttps : requestByHttp
    const request = make(url, {
      agent: this.#agentFor(url),
      signal,
      headers: { 'user-agent': 'left4me', 'accept-encoding': 'identity', ...headers },
    })
    // One clock for connecting, waiting and reading.
    const idle = setTimeout(
      () => request.destroy(new StalledError(`${url.host} sent nothing for too long`)),
      this.#idleMs,
    )
    request.once('close', () => clearTimeout(idle))
    request.once('error', reject)
    request.once('response', message => {
      idle.refresh()
      resolve({
        url,
        status: message.statusCode ?? 0,
        headers: message.headers,
        body: new BodyReader(message, () => idle.refresh()),
        close: () => message.destroy(),
      })
    })
    request.end()
    return promise
  }

  #agentFor(url: URL): Agent {
    const trusted = isTrusted(url, this.#policy)
    const key = trusted ? `trusted ${url.protocol}` : 'public'
    const known = this.#agents.get(key)
    if (known) return known
    const agent = trusted ? trustedAgent(url.protocol, connectionOptions) : this.#publicAgent()
    this.#agents.set(key, agent)
    return agent
  }
}

export class StalledError extends Error {
  override readonly name = 'StalledError'
}
