import type { Player, Server } from '@left4me/contract'
import type { EventHub } from './event-hub.ts'

/** What changes at the same moment is one event, told this soon, */
const publishAfter = 4
/** and what follows within this time is the next one. Milliseconds. */
const publishInterval = 40
/** That a server was heard again, and nothing else, is told this seldom. Milliseconds. */
const observedInterval = 30_000

interface Published {
  readonly server: Server
  /** As text without what passes by itself. */
  readonly players: string
}

/** Turns “something about this server may have changed” into events: only what did change, and not more often than people can see. */
export class ChangePublisher {
  readonly #options: {
    readonly hub: EventHub
    readonly server: (id: number) => Server | null
    readonly players: (id: number) => Player[]
  }
  readonly #changed = new Set<number>()
  readonly #published = new Map<number, Published>()
  #timer: NodeJS.Timeout | null = null
  #publishedAt = 0

  constructor(options: {
    readonly hub: EventHub
    readonly server: (id: number) => Server | null
    readonly players: (id: number) => Player[]
  }) {
    this.#options = options
  }

  add(id: number): void {
    this.#changed.add(id)
    const interval = this.#publishedAt + publishInterval - performance.now()
    this.#timer ??= setTimeout(
      () => {
        this.#timer = null
        this.#publishedAt = performance.now()
        this.#publish()
      },
      Math.max(publishAfter, interval),
    )
  }

  /** Told at once: nothing about it follows. */
  deleted(id: number, ownerId: number): void {
    this.#changed.delete(id)
    this.#published.delete(id)
    this.#options.hub.publish({ name: 'server', data: { id, deleted: true } }, { ownerId }, id)
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  #publish(): void {
    const ids = [...this.#changed]
    this.#changed.clear()
    for (const id of ids) {
      const server = this.#options.server(id)
      if (server !== null) this.#publishOne(server)
    }
  }

  #publishOne(server: Server): void {
    const { hub } = this.#options
    const { id, ownerId } = server
    const before = this.#published.get(id) ?? null
    const list = this.#options.players(id)
    const players = JSON.stringify(list.map(player => ({ ...player, connectedSeconds: null })))
    const changed = before === null || differs(before.server, server)
    this.#published.set(id, { server: changed ? server : before.server, players })
    if (changed) hub.publish({ name: 'server', data: server }, { ownerId }, id)
    if (players !== (before?.players ?? '[]')) {
      hub.publish({ name: 'players', data: { serverId: id, players: list } }, { ownerId }, id)
    }
  }
}

function differs(before: Server, now: Server): boolean {
  const heardBefore = before.observedAt === null ? 0 : Date.parse(before.observedAt)
  const heardNow = now.observedAt === null ? 0 : Date.parse(now.observedAt)
  const worthTelling = heardBefore === 0 || heardNow - heardBefore >= observedInterval
  const comparable = worthTelling ? now : { ...now, observedAt: before.observedAt }
  return JSON.stringify(before) !== JSON.stringify(comparable)
}
