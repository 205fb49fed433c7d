import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Host } from '@left4me/host'
import type { Config } from '../config/config.ts'
import { readConfig } from '../config/read-config.ts'
import type { Domain } from '../domain.ts'
import { createUser } from '../maintenance/account-commands.ts'
import { type RunningServer, type ServerParts, startServer } from '../start-server.ts'
import { MemoryHost } from './memory-host.ts'
import { PlatformDomain } from './platform-domain.ts'
import { recordingLog } from './quiet-log.ts'
import { TestClient } from './test-client.ts'

export const testPassword = 'correct horse battery staple'

export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly setUpUrl: string | null
  readonly config: Config
  readonly root: string
  readonly host: MemoryHost
  readonly domain: PlatformDomain
  readonly logEntries: Record<string, unknown>[]
  /** Makes the user and logs them in. */
  client(username: string, role?: 'user' | 'admin'): Promise<TestClient & { userId: number }>
  anonymous(headers?: Record<string, string>): TestClient
  /** Ends the web application and begins another life of it on the same data. The old URL is no longer listened to. */
  restart(): Promise<void>
  stop(): Promise<void>
  start(): Promise<void>
}

/** The platform over real HTTP on a free port, with a real database, and a domain of memory. */
export async function startTestServer(
  options: {
    readonly endpoints?: Partial<Domain['endpoints']>
    readonly environment?: Record<string, string>
    /** What the environment alone can't say in a test. */
    readonly config?: Partial<Config>
    readonly webFiles?: Record<string, string>
    readonly heartbeat?: number
  } = {},
): Promise<TestServer> {
  const root = mkdtempSync(join(tmpdir(), 'left4me-http-'))
  const environment = { LEFT4ME_ROOT: root, LEFT4ME_LISTEN: '127.0.0.1:0', ...options.environment }
  const config = { ...readConfig(environment), ...options.config }
  const webFolder = join(root, 'web')
  for (const [path, text] of Object.entries(options.webFiles ?? {})) {
    mkdirSync(dirname(join(webFolder, path)), { recursive: true })
    writeFileSync(join(webFolder, path), text)
  }
  const { log, entries } = recordingLog()
  const host = new MemoryHost()
  let domain: PlatformDomain | undefined
  const parts: ServerParts = {
    config,
    log,
    webFolder,
    // The platform asks nothing else of a host.
    createHost: () => host as unknown as Host,
    createDomain: dependencies => {
      domain = new PlatformDomain(dependencies, options.endpoints)
      return domain
    },
    heartbeat: options.heartbeat ?? 60_000,
  }
  let server: RunningServer = await startServer(parts)
  return {
    get url() {
      return server.url
    },
    get setUpUrl() {
      return server.setUpUrl
    },
    config,
    root,
    host,
    get domain() {
      if (!domain) throw new TypeError('The server has not been started')
      return domain
    },
    logEntries: entries,
    async client(username, role = 'user') {
      const { id } = await createUser(config, { username, password: testPassword, role })
      const client = new TestClient(server.url)
      await client.post('/api/v1/session', { username, password: testPassword })
      return Object.assign(client, { userId: id })
    },
    anonymous: headers => new TestClient(server.url, headers),
    async restart() {
      await server[Symbol.asyncDispose]()
      server = await startServer(parts)
    },
    async stop() {
      await server[Symbol.asyncDispose]()
    },
    async start() {
      server = await startServer(parts)
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
