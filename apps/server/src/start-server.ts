import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Host } from '@left4me/host'
import type { FastifyBaseLogger } from 'fastify'
import { Audit, auditEndpoints } from './audit/audit.ts'
import { LogInLimits } from './auth/log-in-limits.ts'
import { Passwords } from './auth/passwords.ts'
import { sessionEndpoints } from './auth/session-endpoints.ts'
import { Sessions } from './auth/sessions.ts'
import { SetUpLink } from './auth/set-up.ts'
import { type Config, formatListen } from './config/config.ts'
import { loadSecretKey } from './config/secret-key.ts'
import { openDatabase } from './db/open-database.ts'
import type { CreateDomain } from './domain.ts'
import { HealthChecks, healthEndpoints } from './health/health.ts'
import { Metrics } from './health/metrics.ts'
import { ClientAddresses } from './http/client-address.ts'
import { endpoints } from './http/endpoints.ts'
import { createHttpApp } from './http/http-app.ts'
import { WebFiles } from './http/web-files.ts'
import { jobEndpoints, jobOwnership } from './jobs/job-endpoints.ts'
import { JobEngine } from './jobs/job-engine.ts'
import { NewJobs } from './jobs/new-jobs.ts'
import { EventHub } from './live/event-hub.ts'
import { EventStreams } from './live/event-streams.ts'
import { ReadOnly } from './read-only.ts'
import { deployedRevision } from './revision.ts'
import { lockRoot } from './root-lock.ts'
import { ServerError } from './server-error.ts'
import { Accounts } from './users/accounts.ts'
import { meEndpoints } from './users/me-endpoints.ts'
import { userEndpoints } from './users/user-endpoints.ts'
import { version } from './version.ts'

/** Where the build of apps/web lies. */
const webFolder = join(import.meta.dirname, '../../web/dist')

/** Milliseconds that requests which are under way get to be answered when the web application ends. */
const answerPatience = 3000

export interface ServerParts {
  readonly config: Config
  readonly log: FastifyBaseLogger
  readonly createHost: (config: Config) => Host
  readonly createDomain: CreateDomain
  /** Default: the build of apps/web. */
  readonly webFolder?: string
  /** Milliseconds between two signs of life of an event stream. */
  readonly heartbeat?: number
}

export interface RunningServer extends AsyncDisposable {
  /** `http://HOST:PORT` as it is listened to. */
  readonly url: string
  /** The one-time link that makes the first admin; null when it isn't needed or not allowed. */
  readonly setUpUrl: string | null
}

/**
 * Starts the web application. What is started later is stopped earlier: first nobody is listened to any more, last the
 * lock on the data directory goes. Game servers go on running. Rejects with ServerError or HostError and then leaves
 * nothing behind.
 */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { config, log } = parts
  await using stack = new AsyncDisposableStack()

  stack.use(lockRoot(config))
  const secretKey = loadSecretKey(config)
  const db = await openDatabase(config.databasePath)
  stack.defer(() => db.destroy())

  const host = parts.createHost(config)
  await host.open()
  stack.defer(() => host.close())

  const hub = new EventHub({ epoch: randomBytes(6).toString('base64url') })
  const jobs = new JobEngine({ db, hub, log, workers: config.jobWorkers })
  const domain = parts.createDomain({ config, db, host, jobs, hub, log, version })
  await domain.start()
  stack.defer(() => domain.stop())
  stack.defer(() => jobs.stop())
  const newJobs = new NewJobs({ db, engine: jobs, log })
  stack.defer(() => newJobs.stop())
  const readOnly = new ReadOnly({ path: config.readOnlyWhile })
  stack.defer(() => readOnly.stop())
  await readOnly.whenOver(
    async () => {
      await jobs.start(domain.jobDefinitions)
      await newJobs.start()
    },
    error => log.error({ err: error }, 'jobs could not be started'),
  )

  const passwords = new Passwords()
  const accounts = new Accounts({ db, passwords })
  const sessions = new Sessions({ db, secretKey, cookieSecure: config.sessionCookieSecure })
  const limits = new LogInLimits({ db })
  const setUpLink = config.hostDriver === 'process' ? new SetUpLink() : null
  const simulated = () => domain.live.simulated()

  const streams = new EventStreams({
    hub,
    live: domain.live,
    host,
    sessions,
    openJobs: () => jobs.openJobs(),
    log,
    ...(parts.heartbeat === undefined ? {} : { heartbeat: parts.heartbeat }),
  })
  streams.start()
  stack.defer(() => streams.stop())

  const metrics = new Metrics()
  metrics.start({ live: domain.live, jobs, streams })
  const unsubscribe = hub.subscribe(({ event }) => {
    if (event.name === 'job' && event.data.finishedAt !== null) metrics.jobEnded(event.data)
  })
  stack.defer(unsubscribe)

  const health = new HealthChecks({
    db,
    host,
    jobs,
    root: config.root,
    version,
    revision: deployedRevision(),
    readOnly,
  })
  const app = createHttpApp({
    endpoints: {
      ...domain.endpoints,
      ...healthEndpoints(health),
      ...metrics.endpoints(),
      ...openApiEndpoints(),
      ...sessionEndpoints({ accounts, passwords, sessions, limits, setUpLink, simulated, version }),
      ...userEndpoints({ db, accounts, sessions }),
      ...meEndpoints({ db, accounts, passwords, sessions, limits, secretKey }),
      ...auditEndpoints(db),
      ...jobEndpoints({
        db,
        engine: jobs,
        onCorrupt: error => log.error({ err: error }, 'a job is left out'),
      }),
      ...streams.endpoints(),
    },
    owners: {
      server: id => domain.owners.server(id),
      blueprint: id => domain.owners.blueprint(id),
      overlay: id => domain.owners.overlay(id),
      job: id => jobOwnership(db, id),
    },
    readOnly,
    identify: request => sessions.identify(request),
    audit: new Audit(db),
    clientAddresses: new ClientAddresses({ proxySecret: config.proxySecret }),
    log,
    webFiles: await WebFiles.open(parts.webFolder ?? webFolder),
    onAnswer: answer => metrics.answered(answer),
  })
  stack.defer(async () => {
    // Open streams would keep the listener from closing.
    streams.stop()
    // So would connections on which nothing was ever asked: they don't count as idle (node:http, closeIdleConnections).
    const timer = setTimeout(() => app.server.closeAllConnections(), answerPatience)
    await app.close().finally(() => clearTimeout(timer))
  })
  await listen(() => app.listen(config.listen), config)

  const { address, port } = app.server.address() as AddressInfo
  const url = `http://${formatListen({ host: address, port })}`
  const setUpUrl =
    setUpLink !== null && !(await accounts.exist()) ? `${reachable(url)}/set-up#${setUpLink.token}` : null
  const running = stack.move()
  return { url, setUpUrl, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** The document is made when it is first asked for, and then kept. */
function openApiEndpoints() {
  let document: Promise<string> | null = null
  return endpoints({
    async openapi({ reply }) {
      document ??= import('./http/openapi.ts').then(({ buildOpenApi }) => JSON.stringify(buildOpenApi()))
      const text = await document
      reply.type('application/json; charset=utf-8').send(text)
      return undefined
    },
  })
}

async function listen(start: () => Promise<unknown>, config: Config): Promise<void> {
  try {
    await start()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    const reasons: Record<string, string> = {
      EADDRINUSE: 'something else listens there already: stop that, or choose another port',
      EADDRNOTAVAIL: 'this machine has no such address: choose one that it has, for example 127.0.0.1:8000',
      EACCES: 'ports below 1024 need a privilege: choose a higher one',
      ENOTFOUND: 'there is no such host name: use an address, for example 127.0.0.1:8000',
    }
    const reason = typeof code === 'string' ? reasons[code] : undefined
    if (reason === undefined) throw error
    const where = formatListen(config.listen)
    throw new ServerError('cannot-listen', `LEFT4ME_LISTEN is ${where}, but ${reason}.`, { cause: error })
  }
}

/** What listens on all addresses is reached by one of them. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}
