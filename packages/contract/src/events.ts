import Type from 'typebox'
import { HostStatus } from './host.ts'
import { Job } from './job.ts'
import { Id, type Static, strictObject } from './schema.ts'
import { LogLine, Player, Server } from './server.ts'

/**
 * The server-sent events of `GET /api/v1/events` and `GET /api/v1/servers/{id}/events`: event name → shape of its data.
 *
 * A stream begins with the present state (one `server` event for each server that the caller may see; the server's own
 * stream adds `players` and its last log lines) and the jobs that aren't over, so that a client needs no second request
 * and no care about gaps. With `Last-Event-ID` the server continues where the client stopped when it still can, and
 * begins anew when it can't: events carry whole resources, so that applying one twice changes nothing. Log lines carry
 * a sequence.
 */
export const eventSchemas = {
  server: Type.Union([Server, strictObject({ id: Id, deleted: Type.Literal(true) })]),
  /** Only in a server's own stream. */
  log: strictObject({ serverId: Id, ...LogLine.properties }),
  players: strictObject({ serverId: Id, players: Type.Array(Player) }),
  /** Of all that the caller may see, also in a server's own stream: which server a job is about stands in it. */
  job: Job,
  host: HostStatus,
  /**
   * Something about an overlay changed: ask for it again, since what each person may see of it differs. Streams don't
   * begin with these: ask for what is shown whenever a stream began anew.
   */
  overlay: strictObject({ id: Id, deleted: Type.Boolean() }),
} as const

export type EventName = keyof typeof eventSchemas
export type EventData = { [Name in EventName]: Static<(typeof eventSchemas)[Name]> }
export type LeftEvent = { [Name in EventName]: { name: Name; data: EventData[Name] } }[EventName]
