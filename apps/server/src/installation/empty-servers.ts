import type { LiveServers } from '../live/live-servers.ts'

/** What was heard longer ago says nothing about now. Milliseconds; a server is asked every five seconds. */
const fresh = 30_000

/** Whether a running server has just said that nobody plays. A server that is silent isn't known to be empty. */
export function isEmptyNow(live: Pick<LiveServers, 'server'>, serverId: number): boolean {
  const server = live.server(serverId)
  if (server?.observedAt === null || server?.observedAt === undefined) return false
  return server.players === 0 && Date.now() - Date.parse(server.observedAt) <= fresh
}

/** For how long nobody has played on each server, as far as this life of the web application has seen. */
export class EmptyServers {
  readonly #live: Pick<LiveServers, 'server'>
  readonly #since = new Map<number, number>()

  constructor(live: Pick<LiveServers, 'server'>) {
    this.#live = live
  }

  /** Looks at these servers, and forgets all others. `now` in milliseconds of a monotonic clock. */
  look(serverIds: readonly number[], now: number): void {
    for (const id of this.#since.keys()) if (!serverIds.includes(id)) this.#since.delete(id)
    for (const id of serverIds) {
      if (!isEmptyNow(this.#live, id)) this.#since.delete(id)
      else if (!this.#since.has(id)) this.#since.set(id, now)
    }
  }

  /** Milliseconds; null: somebody plays, or nobody knows. */
  emptyFor(serverId: number, now: number): number | null {
    const since = this.#since.get(serverId)
    return since === undefined ? null : now - since
  }
}
