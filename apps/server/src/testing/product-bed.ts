import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Job, Problem, Role, Server } from '@left4me/contract'
import { createProcessHost, defaultDownloadPolicy, type Host, type ProcessHostOptions } from '@left4me/host'
import type { Config } from '../config/config.ts'
import { createDomain, type DomainOptions } from '../create-domain.ts'
import { monitorPace } from '../live/server-monitor.ts'
import { type RunningServer, startServer } from '../start-server.ts'
import { recordingLog } from './quiet-log.ts'

interface Answer<Body> {
  readonly status: number
  readonly body: Body
}

/** One person, by an API token. */
export interface Person {
  readonly id: number
  readonly name: string
  get<Body>(path: string): Promise<Answer<Body>>
  send<Body>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer<Body>>
  /** What has to be refused: the problem. */
  refused(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'GET', path: string, body?: unknown): Promise<Problem>
  text(path: string): Promise<string>
  /** The answer itself, for its headers and bytes. */
  raw(path: string, init?: RequestInit): Promise<Response>
  upload(overlayId: number, path: string, content: string | Uint8Array): Promise<Answer<unknown>>
  /** Puts bytes as they are. */
  put<Body>(path: string, content: string | Uint8Array): Promise<Answer<Body>>
  /** What a stream of events has sent when `until` has come, and a moment later. */
  firstEvents(path: string, until: string): Promise<string>
}

export interface ProductBedOptions {
  readonly domain?: DomainOptions
  /** What the simulated steamcmd is told, for example `-simulate-failure no-connection`. */
  readonly steamcmdSwitches?: string
  readonly ports?: number
  readonly host?: Partial<ProcessHostOptions>
  /** Of a simulated Web API that the test runs; Steam's own without it. */
  readonly steamWebApiUrl?: string
}

/** Of 20 game ports, or up to 200, that no other worker's bed has, nor a port that follows from one of those by thousands. */
function firstPort(): number {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? process.pid)
  return 21_000 + (worker % 2) * 500 + (process.pid % 15) * 20
}

/**
 * The whole product on a data directory of its own: HTTP, jobs, the process driver and the simulated game. Only the
 * browser is missing.
 */
export class ProductBed implements AsyncDisposable {
  readonly root: string
  readonly config: Config
  /** What was logged, by every life of the web application. */
  readonly entries: readonly Record<string, unknown>[]
  readonly #recording = recordingLog()
  readonly #options: ProductBedOptions
  #host: Host | null = null
  #running: RunningServer | null = null
  #apart: { readonly child: ChildProcess; readonly url: string } | null = null
  #admin: Person | null = null

  private constructor(root: string, options: ProductBedOptions) {
    this.root = root
    this.#options = options
    this.entries = this.#recording.entries
    const start = firstPort()
    this.config = {
      root,
      listen: { host: '127.0.0.1', port: 0 },
      databasePath: join(root, 'data/left4me.db'),
      secretKey: null,
      hostDriver: 'process',
      steamcmd: join(import.meta.dirname, '../../../../packages/simulator/bin/steamcmd'),
      simulated: true,
      portRange: { start, end: start + (options.ports ?? 20) - 1 },
      jobWorkers: 4,
      steamWebApi: { key: null, url: options.steamWebApiUrl ?? null },
      logListener: { address: null, bind: null },
      sessionCookieSecure: false,
      proxySecret: null,
      publicAddress: null,
      readOnlyWhile: null,
      service: { notifySocket: null, watchdogMs: null },
      logLevel: 'warn',
    }
  }

  /** Starts it and makes its first admin. */
  static async open(options: ProductBedOptions = {}): Promise<ProductBed> {
    const bed = new ProductBed(await mkdtemp(join(tmpdir(), 'left4me-product-')), options)
    try {
      await bed.start()
      bed.#admin = await bed.#makeAdmin()
      return bed
    } catch (error) {
      await bed[Symbol.asyncDispose]()
      throw error
    }
  }

  get admin(): Person {
    if (this.#admin === null) throw new Error('the bed has no admin yet')
    return this.#admin
  }

  get host(): Host {
    if (this.#host === null) throw new Error('the product is not running')
    return this.#host
  }

  get url(): string {
    const url = this.#running?.url ?? this.#apart?.url
    if (url === undefined) throw new Error('the product is not running')
    return url
  }

  /** Starts it as a process of its own, as `npm start` does, instead of within the test: for killing it. */
  async startApart(): Promise<void> {
    const { root, portRange, steamWebApi } = this.config
    const child = spawn(process.execPath, [join(import.meta.dirname, '../main.ts')], {
      env: {
        PATH: process.env['PATH'],
        LEFT4ME_ROOT: root,
        LEFT4ME_LISTEN: '127.0.0.1:0',
        LEFT4ME_SIMULATOR: '1',
        ...(steamWebApi.url === null ? {} : { STEAM_WEB_API_URL: steamWebApi.url }),
        LEFT4ME_PORT_RANGE_START: String(portRange.start),
        LEFT4ME_PORT_RANGE_END: String(portRange.end),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', text => (output += String(text)))
    const url = await this.until('it listens', () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${output}`)
      return /listening on (\S+)/.exec(output)?.[1] ?? null
    })
    this.#apart = { child, url }
  }

  /** As `kill -9` does; resolves when it is gone. */
  async killApart(): Promise<void> {
    const child = this.#apart?.child
    this.#apart = null
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  async start(): Promise<void> {
    const { domain = {} } = this.#options
    this.#running = await startServer({
      config: this.config,
      log: this.#recording.log,
      createHost: () => {
        this.#host = this.createHost()
        return this.#host
      },
      createDomain: dependencies =>
        createDomain(dependencies, {
          readyDeadline: 60_000,
          pace: { ...monitorPace, starting: 250, afterHint: 50, info: 500, status: 1000, statusGap: 100 },
          ...domain,
        }),
    })
  }

  /** Another driver of the same host, to be opened. */
  createHost(): Host {
    const { steamcmdSwitches = '' } = this.#options
    return createProcessHost({
      root: this.root,
      node: process.execPath,
      steamcmd: this.config.steamcmd,
      steamcmdEnvironment: {
        LEFT4ME_SIMULATOR_SWITCHES: `-simulate-duration-ms 0 ${steamcmdSwitches}`,
      },
      ...(this.config.steamWebApi.url === null
        ? {}
        : {
            downloads: {
              ...defaultDownloadPolicy,
              trustedOrigins: [new URL(this.config.steamWebApi.url).origin],
            },
          }),
      timings: { restartDelay: 200, restartDelayLimit: 1000, idleExit: 50 },
      ...this.#options.host,
    })
  }

  /** Ends the web application as SIGTERM does; game servers go on. */
  async stop(): Promise<void> {
    await this.#running?.[Symbol.asyncDispose]()
    this.#running = null
    this.#host = null
  }

  /** Installs the simulated game. */
  async install(): Promise<void> {
    const { body } = await this.admin.send<{ job: Job }>('POST', '/api/v1/installation/update')
    const job = await this.ended(this.admin, body.job.id)
    if (job.state !== 'succeeded') throw new Error(`not installed: ${JSON.stringify(job.error)}`)
  }

  async addPerson(name: string, role: Role = 'user'): Promise<Person> {
    const password = `${name}-${name}-${name}`
    await this.admin.send('POST', '/api/v1/users', { username: name, password, role })
    return this.#logIn(name, password)
  }

  /** When the job has ended, as it ended. */
  ended(person: Person, jobId: number): Promise<Job> {
    return this.until(`job ${jobId} ends`, async () => {
      const { body } = await person.get<Job>(`/api/v1/jobs/${jobId}`)
      return body.finishedAt === null ? null : body
    })
  }

  /** Does what answers with a job, and waits for that. */
  async done(person: Person, path: string, method: 'POST' | 'DELETE' = 'POST', body?: unknown): Promise<Job> {
    const answer = await person.send<{ job: Job }>(method, path, body)
    if (answer.status !== 202) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
    return this.ended(person, answer.body.job.id)
  }

  async server(person: Person, id: number): Promise<Server> {
    return (await person.get<Server>(`/api/v1/servers/${id}`)).body
  }

  /** A server that boots at once, with nobody on it. */
  async newServer(person: Person, name: string, more: Record<string, unknown> = {}): Promise<Server> {
    const quick = ['-simulate-boot-ms', '0', '-simulate-players', '0', '-simulate-map-load-ms', '0']
    const given = Array.isArray(more['arguments']) ? (more['arguments'] as string[]) : []
    const answer = await person.send<Server>('POST', '/api/v1/servers', {
      name,
      ...more,
      arguments: [...quick, ...given],
    })
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
    return answer.body
  }

  /** Files of a server's upper as they lie on the disk. */
  upper(serverId: number, path: string): string {
    return join(this.root, 'runtime', String(serverId), 'upper', path)
  }

  /** The limit only ends a test that hangs. */
  async until<Value>(
    what: string,
    look: () => Promise<Value | null | false> | Value | null | false,
  ): Promise<Value> {
    const deadline = performance.now() + 400_000
    for (;;) {
      const value = await look()
      if (value !== null && value !== false) return value
      if (performance.now() > deadline) throw new Error(`did not happen: ${what}`)
      await delay(15)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#apart) {
      await this.killApart()
      await this.start()
    }
    const host = this.#host
    if (host) {
      for (const { instanceId } of await host.list().catch(() => [])) {
        await host.stop(instanceId, { patience: { quit: 0, interrupt: 0, terminate: 0 } })
      }
    }
    await this.stop()
    await this.until('the supervisor ends', async () => (await processesOf(this.root)).length === 0)
    await rm(this.root, { recursive: true, force: true })
  }

  async #makeAdmin(): Promise<Person> {
    const link = this.#running?.setUpUrl ?? ''
    const response = await fetch(`${this.url}/api/v1/set-up`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.url },
      body: JSON.stringify({
        token: link.slice(link.indexOf('#') + 1),
        username: 'admin',
        password: 'admin-admin-admin',
      }),
    })
    return this.#withToken(response, 'admin')
  }

  async #logIn(username: string, password: string): Promise<Person> {
    const response = await fetch(`${this.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.url },
      body: JSON.stringify({ username, password }),
    })
    return this.#withToken(response, username)
  }

  async #withToken(response: Response, name: string): Promise<Person> {
    if (!response.ok) throw new Error(`${name}: ${await response.text()}`)
    const session = (await response.json()) as { user: { id: number } }
    const cookie = response.headers.getSetCookie().map(text => text.split(';')[0])
    const made = await fetch(`${this.url}/api/v1/me/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.url, cookie: cookie.join('; ') },
      body: JSON.stringify({ name: 'test' }),
    })
    const { token } = (await made.json()) as { token: string }
    return new PersonByToken(session.user.id, name, token, () => this.url)
  }
}

class PersonByToken implements Person {
  readonly id: number
  readonly name: string
  readonly #token: string
  readonly #url: () => string

  constructor(id: number, name: string, token: string, url: () => string) {
    this.id = id
    this.name = name
    this.#token = token
    this.#url = url
  }

  get<Body>(path: string): Promise<Answer<Body>> {
    return this.#ask(path, { method: 'GET' })
  }

  send<Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> {
    return this.#ask(path, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  }

  async text(path: string): Promise<string> {
    const headers = { authorization: `Bearer ${this.#token}` }
    return (await fetch(`${this.#url()}${path}`, { headers })).text()
  }

  raw(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${this.#token}`)
    return fetch(`${this.#url()}${path}`, { ...init, headers })
  }

  async refused(method: string, path: string, body?: unknown): Promise<Problem> {
    const answer = await this.send<Problem>(method, path, body)
    if (answer.status < 400) throw new Error(`${method} ${path} was not refused`)
    return answer.body
  }

  upload(overlayId: number, path: string, content: string | Uint8Array): Promise<Answer<unknown>> {
    return this.put(`/api/v1/overlays/${overlayId}/files/content?path=${encodeURIComponent(path)}`, content)
  }

  put<Body>(path: string, content: string | Uint8Array): Promise<Answer<Body>> {
    return this.#ask(path, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream' },
      body: typeof content === 'string' ? content : new Blob([Uint8Array.from(content)]),
    })
  }

  async firstEvents(path: string, until: string): Promise<string> {
    const controller = new AbortController()
    const response = await fetch(`${this.#url()}${path}`, {
      headers: { authorization: `Bearer ${this.#token}` },
      signal: controller.signal,
    })
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.includes(until)) break
    }
    controller.abort()
    return text
  }

  async #ask<Body>(path: string, init: RequestInit): Promise<Answer<Body>> {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${this.#token}`)
    const response = await fetch(`${this.#url()}${path}`, { ...init, headers })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Body }
  }
}

/** Every process that names the data directory on its command line. */
async function processesOf(root: string): Promise<number[]> {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (text.includes(root)) found.push(pid)
  }
  return found
}
