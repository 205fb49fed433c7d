import { type Job, type JobState, pathOf, type RouteName, routes, type Server } from '@left4me/contract'
import { waitFor } from './wait-for.ts'

/** The HTTP API as any other program uses it: by fetch, with a session cookie. */
export class ApiClient {
  readonly #url: string
  readonly #patienceMs: number
  #cookie = ''

  /** `patienceMs` is how long a job may take before its test has failed. */
  constructor(url: string, { patienceMs = 300_000 }: { patienceMs?: number } = {}) {
    this.#url = url
    this.#patienceMs = patienceMs
  }

  get cookie(): string {
    return this.#cookie
  }

  /** The answer's body. Rejects with method, path, status and body for every status that isn't a success. */
  async call(
    name: RouteName,
    options: {
      params?: Record<string, string | number>
      query?: Record<string, string | number>
      /** Bytes are sent as they are, everything else as JSON. */
      body?: unknown
    } = {},
  ): Promise<unknown> {
    const { method } = routes[name]
    const path = pathOf(name, options.params, options.query)
    const bytes = options.body instanceof Uint8Array ? Buffer.from(options.body) : null
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        cookie: this.#cookie,
        origin: this.#url,
        ...(options.body === undefined
          ? {}
          : { 'content-type': bytes ? 'application/octet-stream' : 'application/json' }),
      },
      ...(options.body === undefined ? {} : { body: bytes ?? JSON.stringify(options.body) }),
    })
    const [cookie] = response.headers.getSetCookie()
    if (cookie !== undefined) this.#cookie = cookie.split(';')[0] ?? ''
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    return text === '' ? null : JSON.parse(text)
  }

  /** Makes the first admin with the set-up link, and is logged in as that. */
  async setUp(setUpLink: string, username: string, password: string): Promise<void> {
    const token = new URL(setUpLink).hash.slice(1)
    await this.call('setUp', { body: { token, username, password } })
  }

  async logIn(username: string, password: string): Promise<void> {
    await this.call('logIn', { body: { username, password } })
  }

  /** Installs the simulated game and waits until that is done. */
  async install(): Promise<void> {
    await this.finish((await this.call('updateInstallation')) as { job: Job })
  }

  async createServer(body: Record<string, unknown>): Promise<Server> {
    return (await this.call('createServer', { body })) as Server
  }

  async server(id: number): Promise<Server> {
    return (await this.call('getServer', { params: { id } })) as Server
  }

  /** Starts or stops a server and waits until the job is done. */
  async power(name: 'startServer' | 'stopServer' | 'restartServer', id: number): Promise<void> {
    await this.finish((await this.call(name, { params: { id } })) as { job: Job })
  }

  async finish({ job }: { job: Job }): Promise<void> {
    const ended: readonly JobState[] = ['succeeded', 'failed', 'cancelled']
    const result = await waitFor(
      `job ${job.id} (${job.title})`,
      async () => {
        const now = (await this.call('getJob', { params: { id: job.id } })) as Job
        return ended.includes(now.state) && now
      },
      this.#patienceMs,
    )
    if (result.state !== 'succeeded')
      throw new Error(`“${job.title}” ${result.state}: ${JSON.stringify(result.error)}`)
  }
}
