import Type from 'typebox'
import { nullable, oneOf, type Static, strictObject, Time } from './schema.ts'

export const hostDrivers = ['systemd', 'process'] as const
export type HostDriver = (typeof hostDrivers)[number]

export const HostCheck = strictObject({
  name: Type.String(),
  ok: Type.Boolean(),
  message: Type.String(),
  remedy: nullable(Type.String()),
})
export type HostCheck = Static<typeof HostCheck>

export const HostStatus = strictObject(
  {
    driver: oneOf(hostDrivers),
    hostname: Type.String(),
    address: Type.String(),
    kernel: Type.String(),
    version: Type.String({ description: 'Version of left4me' }),
    cores: Type.Integer(),
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

export const Health = strictObject(
  {
    status: oneOf(['ok', 'failing'] as const),
    version: Type.String(),
    checks: Type.Array(
      strictObject({ name: Type.String(), ok: Type.Boolean(), message: nullable(Type.String()) }),
    ),
  },
  'Health',
)
export type Health = Static<typeof Health>
