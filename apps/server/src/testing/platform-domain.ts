import { type JobKind, routes, type Server } from '@left4me/contract'
import type { Domain, DomainDependencies } from '../domain.ts'
import type { Endpoints, SignedIn } from '../http/endpoints.ts'
import type { Ownership } from '../http/owners.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { JobContext, JobDefinition } from '../jobs/job-definition.ts'

/**
 * The smallest domain that the platform can be tested with: servers that exist in memory only. Routes that a test gives
 * no endpoint answer `not-ready`.
 */
export class PlatformDomain implements Domain {
  readonly servers = new Map<number, Server>()
  readonly overlays = new Map<number, Ownership>()
  readonly dependencies: DomainDependencies
  readonly endpoints: Domain['endpoints']
  readonly jobDefinitions: Domain['jobDefinitions']
  readonly owners: Domain['owners']
  readonly live: Domain['live']
  /** What reading the present state waits for. */
  pause: Promise<void> = Promise.resolve()
  /** What every job does. */
  work: (context: JobContext<JobKind>) => Promise<void> = async () => {}

  constructor(dependencies: DomainDependencies, given: Partial<Domain['endpoints']> = {}) {
    this.dependencies = dependencies
    const absent = Object.fromEntries(
      Object.keys(routes).map(name => [
        name,
        () => {
          throw new ProblemError('not-ready', 'Not in this test.')
        },
      ]),
    ) as unknown as Endpoints
    this.endpoints = { ...absent, ...given }
    const definition: JobDefinition<JobKind> = { cancellable: true, run: context => this.work(context) }
    this.jobDefinitions = new Proxy({}, { get: () => definition }) as Domain['jobDefinitions']
    this.owners = {
      server: async id => {
        const server = this.servers.get(id)
        return server ? { ownerId: server.ownerId, shared: false } : null
      },
      blueprint: async () => null,
      overlay: async id => this.overlays.get(id) ?? null,
    }
    this.live = {
      servers: async viewer => {
        const servers = [...this.servers.values()].filter(server => sees(viewer, server))
        await this.pause
        return servers
      },
      server: async id => {
        const server = this.servers.get(id) ?? null
        await this.pause
        return server
      },
      players: () => [],
      host: () => null,
      usages: () => [],
      simulated: () => dependencies.config.simulated,
      withoutSecrets: (_, text) => text,
    }
  }

  async load(): Promise<void> {}
  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  /** Makes or changes a server and tells of it. */
  put(id: number, ownerId: number, change: Partial<Server> = {}): Server {
    const server = { ...exampleServer(id, ownerId), ...change }
    this.servers.set(id, server)
    this.dependencies.hub.publish({ name: 'server', data: server }, { ownerId: server.ownerId }, id)
    return server
  }

  delete(id: number): void {
    const ownerId = this.servers.get(id)?.ownerId ?? null
    this.servers.delete(id)
    this.dependencies.hub.publish({ name: 'server', data: { id, deleted: true } }, { ownerId }, id)
  }
}

function sees(viewer: SignedIn, server: Server): boolean {
  return viewer.role === 'admin' || server.ownerId === viewer.userId
}

function exampleServer(id: number, ownerId: number): Server {
  const time = '2026-01-02T03:04:05.000Z'
  return {
    id,
    name: `Server ${id}`,
    port: 27014 + id,
    ownerId,
    ownerName: `user ${ownerId}`,
    blueprintId: null,
    overlayIds: [],
    arguments: [],
    config: [],
    state: 'stopped',
    stateReason: null,
    stateSince: time,
    restarts: 0,
    pid: null,
    players: 0,
    maxPlayers: null,
    map: null,
    playerHistory: [],
    observedAt: null,
    address: `127.0.0.1:${27014 + id}`,
    connectUrl: `steam://connect/127.0.0.1:${27014 + id}`,
    simulated: true,
    startAtBoot: true,
    publicPage: false,
    updatePolicy: { mode: 'when-empty', time: null },
    restartNeeded: false,
    jobId: null,
    createdAt: time,
    updatedAt: time,
  }
}
