import type { HostStatus, Player, Server } from '@left4me/contract'
import type { Host, InstanceUsage } from '@left4me/host'
import type { FastifyBaseLogger } from 'fastify'
import type { Kysely } from 'kysely'
import type { Config } from './config/config.ts'
import type { Database } from './db/schema.ts'
import type { Endpoints, SignedIn } from './http/endpoints.ts'
import type { Owners } from './http/owners.ts'
import type { JobDefinitions } from './jobs/job-definition.ts'
import type { JobQueue } from './jobs/job-queue.ts'
import type { EventHub } from './live/event-hub.ts'

/** What the features of the product are built from. */
export interface DomainDependencies {
  readonly config: Config
  readonly db: Kysely<Database>
  /** Opened before the domain is started, and closed after it was stopped. */
  readonly host: Host
  readonly jobs: JobQueue
  readonly hub: EventHub
  readonly log: FastifyBaseLogger
  /** Version of left4me. */
  readonly version: string
}

/** Routes that belong to accounts, jobs, streams and health; all others are the domain's. */
type PlatformRoute =
  | 'health'
  | 'metrics'
  | 'openapi'
  | 'getSetUp'
  | 'setUp'
  | 'logIn'
  | 'getSession'
  | 'logOut'
  | 'listUsers'
  | 'createUser'
  | 'getUser'
  | 'changeUser'
  | 'deleteUser'
  | 'getMe'
  | 'changeMyPassword'
  | 'listMyTokens'
  | 'createMyToken'
  | 'deleteMyToken'
  | 'listAudit'
  | 'listJobs'
  | 'getJob'
  | 'getJobLog'
  | 'cancelJob'
  | 'events'
  | 'serverEvents'

/** The present state that streams begin with. */
export interface LiveState {
  /** Every server that the viewer may see. */
  servers(viewer: SignedIn): Promise<Server[]>
  /** null when it is gone. */
  server(serverId: number): Promise<Server | null>
  /** Who plays, as last heard. */
  players(serverId: number): Player[]
  /** As last observed; null until then. */
  host(): HostStatus | null
  /** Whether the game is the simulator. */
  simulated(): boolean
  /** What each running server takes from the machine, as last observed. */
  usages(): Iterable<{
    readonly server: { readonly id: number; readonly name: string }
    readonly usage: InstanceUsage
  }>
  /** A line of a server's console as people may see it: should it hold the RCON password, without that. */
  withoutSecrets(serverId: number, text: string): string
}

/** Servers, blueprints, overlays, the installation and the machine. */
export interface Domain {
  readonly endpoints: Omit<Endpoints, PlatformRoute>
  readonly jobDefinitions: JobDefinitions
  readonly owners: Omit<Owners, 'job'>
  readonly live: LiveState
  /** Reads what is known of servers, and nothing more: enough for jobs that only ask who needs what. `start` does it too. */
  load(): Promise<void>
  /** Reads back what runs and begins to watch it. Called before jobs run and requests come. */
  start(): Promise<void>
  /** Stops watching. Servers go on running. Called after the last request and job have ended. */
  stop(): Promise<void>
}

/** What the domain's side exports as `createDomain` from `create-domain.ts`; `serve.ts` composes it in. */
export type CreateDomain = (dependencies: DomainDependencies) => Domain
