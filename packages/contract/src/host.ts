import Type from 'typebox'
import { Id, nullable, oneOf, type Static, strictObject, Time } from './schema.ts'
import { ServerUsage } from './usage.ts'

export const hostDrivers = ['systemd', 'process'] as const
export type HostDriver = (typeof hostDrivers)[number]

/** What the host does with an instance; `restarting`: it crashed and waits for its automatic restart. */
const hostPhases = ['stopped', 'running', 'restarting', 'stopping', 'failed'] as const

export const HostCheck = strictObject({
  name: Type.String(),
  ok: Type.Boolean(),
  message: Type.String(),
  remedy: nullable(Type.String()),
})
export type HostCheck = Static<typeof HostCheck>

const Cores = Type.Array(Type.Integer({ minimum: 0 }))

export const HostStatus = strictObject(
  {
    driver: oneOf(hostDrivers),
    hostname: Type.String(),
    address: Type.String(),
    kernel: Type.String(),
    version: Type.String({ description: 'Version of left4me' }),
    cores: Type.Integer(),
    /** Which cores each part of the machine may use, as numbers; null where nothing is pinned. */
    pinning: nullable(strictObject({ games: Cores, builds: Cores, system: Cores })),
    loadAverage: Type.Array(Type.Number()),
    /** Bytes. */
    memory: strictObject({ total: Type.Integer(), available: Type.Integer() }),
    /** Bytes, of the file system that holds LEFT4ME_ROOT. */
    disk: strictObject({ total: Type.Integer(), available: Type.Integer() }),
    runningServers: Type.Integer(),
    checks: Type.Array(HostCheck),
    observedAt: Time,
  },
  'HostStatus',
)
export type HostStatus = Static<typeof HostStatus>

/** Something that runs on the host: a server, or what the database knows nothing of. */
export const HostInstance = strictObject(
  {
    id: Id,
    name: Type.String({ description: 'What the host calls it, for example left4me-server@3.service' }),
    /** null: no server is known by that number. */
    serverId: nullable(Id),
    serverName: nullable(Type.String()),
    phase: oneOf(hostPhases),
    since: Time,
    pid: nullable(Type.Integer()),
    usage: nullable(ServerUsage),
  },
  'HostInstance',
)
export type HostInstance = Static<typeof HostInstance>

export const Health = strictObject(
  {
    status: oneOf(['ok', 'failing'] as const),
    version: Type.String(),
    /** The commit that was deployed. */
    revision: nullable(Type.String()),
    /** A deployment isn't sure of it yet: nothing can be changed. */
    readOnly: Type.Boolean(),
    checks: Type.Array(
      strictObject({ name: Type.String(), ok: Type.Boolean(), message: nullable(Type.String()) }),
    ),
  },
  'Health',
)
export type Health = Static<typeof Health>
