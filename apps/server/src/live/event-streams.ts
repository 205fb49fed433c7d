import type { Job, LeftEvent } from '@left4me/contract'
import type { Host, LogLine } from '@left4me/host'
import type { FastifyBaseLogger } from 'fastify'
import type { Sessions } from '../auth/sessions.ts'
import type { LiveState } from '../domain.ts'
import { type Call, endpoints, type SignedIn } from '../http/endpoints.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { Audience, EventHub, PublishedEvent } from './event-hub.ts'
import { EventStream } from './event-stream.ts'
import { parseEventId, type StreamPosition } from './stream-position.ts'

/** Open streams of one person: many tabs, on many devices. */
const streamsPerViewer = 50
const streamsInAll = 2000

export interface EventStreamsOptions {
  readonly hub: EventHub
  readonly live: LiveState
  readonly host: Pick<Host, 'followLog' | 'logTail'>
  readonly sessions: Pick<Sessions, 'isCurrent' | 'onChange'>
  readonly openJobs: () => Job[]
  readonly log: FastifyBaseLogger
  /** Milliseconds between two signs of life, at which rights are checked again too. */
  readonly heartbeat?: number
}

interface Running {
  readonly viewer: SignedIn
  readonly stream: EventStream
  /** Ends everything that feeds the stream. */
  readonly controller: AbortController
  /** The present state was sent whole, so that the client may be told how far it is. */
  begun: boolean
}

/** The streams of server-sent events: the present state first, then what happens, as far as the viewer may see it. */
export class EventStreams {
  readonly #options: EventStreamsOptions
  readonly #running = new Set<Running>()
  #timer: NodeJS.Timeout | null = null
  #unsubscribe: () => void = () => {}
  #checking = false
  #checkAgain = false

  constructor(options: EventStreamsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#running.size
  }

  start(): void {
    this.#timer = setInterval(() => this.#beat(), this.#options.heartbeat ?? 15_000)
    this.#timer.unref()
    this.#unsubscribe = this.#options.sessions.onChange(() => void this.#endOutdated())
  }

  /** Ends every stream; clients come back to the next start by themselves. */
  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
    this.#unsubscribe()
    for (const running of [...this.#running]) end(running)
  }

  endpoints() {
    return endpoints({
      events: call => this.#streamEverything(call),
      serverEvents: call => this.#streamServer(call),
    })
  }

  async #streamEverything(call: Call<'events'>): Promise<undefined> {
    const { live, openJobs } = this.#options
    const running = this.#open(call, null)
    const { stream, viewer } = running
    const visible = new Set<number>()
    await this.#feed(running, lastEventOf(call), {
      async resumed() {
        for (const { id } of await live.servers(viewer)) visible.add(id)
      },
      async present() {
        for (const server of await live.servers(viewer)) {
          visible.add(server.id)
          stream.sendPresent({ name: 'server', data: server })
        }
        for (const job of openJobs()) {
          if (maySee(viewer, job)) stream.sendPresent({ name: 'job', data: job })
        }
        const host = live.host()
        if (host) stream.sendPresent({ name: 'host', data: host })
      },
      take({ event, audience, sequence, serverId }) {
        if (event.name === 'players') return
        const sees = maySee(viewer, audience)
        if (event.name === 'server' && serverId !== null) {
          const known = visible.has(serverId)
          if (sees && !('deleted' in event.data)) visible.add(serverId)
          else visible.delete(serverId)
          // It was given to somebody else: for this viewer it is gone.
          if (!sees && known) stream.send(deleted(serverId), sequence)
        }
        if (sees) stream.send(event, sequence)
      },
    })
    return undefined
  }

  async #streamServer(call: Call<'serverEvents'>): Promise<undefined> {
    const { live, host, openJobs } = this.#options
    const { id } = call.params
    const last = lastEventOf(call)
    const tail = last?.log == null ? await this.#logTail(id, call.query.lines ?? 200) : null
    const running = this.#open(call, last?.log ?? tail?.after ?? 0)
    const { stream, viewer, controller } = running
    await this.#feed(running, last, {
      async resumed() {},
      async present() {
        const server = await live.server(id)
        if (server === null) {
          stream.sendPresent(deleted(id))
          return end(running)
        }
        stream.sendPresent({ name: 'server', data: server })
        stream.sendPresent({ name: 'players', data: { serverId: id, players: live.players(id) } })
        for (const job of openJobs()) {
          if (job.serverId === id || maySee(viewer, job)) stream.sendPresent({ name: 'job', data: job })
        }
      },
      take({ event, audience, sequence, serverId }) {
        // Overlays may be layers of it, jobs may be what its viewer started elsewhere: its page has no other stream.
        const ofEverything = event.name === 'overlay' || event.name === 'job'
        if (!ofEverything && (serverId !== id || event.name === 'host')) return
        const sees = maySee(viewer, audience)
        if (sees) stream.send(event, sequence)
        // A job may be somebody else's, an admin's; the server itself never.
        if (event.name === 'server' && (!sees || 'deleted' in event.data)) end(running)
      },
    })
    if (controller.signal.aborted) return undefined
    if (tail && tail.lines.length > 0) stream.sendLog(id, this.#shown(id, tail.lines))
    const after = tail?.lines.at(-1)?.sequence ?? tail?.after ?? last?.log ?? 0
    host
      .followLog(id, after, lines => stream.sendLog(id, this.#shown(id, lines)), controller.signal)
      .catch((error: unknown) => {
        if (controller.signal.aborted) return
        this.#options.log.warn({ err: error, serverId: id }, 'a log could not be followed')
        end(running)
      })
    return undefined
  }

  #shown(id: number, lines: readonly LogLine[]): LogLine[] {
    const { live } = this.#options
    return lines.map(line => ({ ...line, text: live.withoutSecrets(id, line.text) }))
  }

  /** The last lines, and where to go on when there are none to show. */
  async #logTail(id: number, lines: number): Promise<{ lines: LogLine[]; after: number }> {
    const tail = await this.#options.host.logTail(id, Math.max(1, lines))
    return { lines: lines === 0 ? [] : tail, after: lines === 0 ? (tail.at(-1)?.sequence ?? 0) : 0 }
  }

  #open({ caller, request, reply }: Call<'events' | 'serverEvents'>, log: number | null): Running {
    const mine = [...this.#running].filter(({ viewer }) => viewer.userId === caller.userId)
    if (mine.length >= streamsPerViewer || this.#running.size >= streamsInAll) {
      throw new ProblemError('too-many-requests', 'Too many pages of left4me are open. Close some.', {
        retryAfter: 30,
      })
    }
    const { epoch, sequence } = this.#options.hub
    const headers = reply.getHeaders()
    reply.hijack()
    const stream = new EventStream(reply.raw, { epoch, sequence, log })
    const running = { viewer: caller, stream, controller: new AbortController(), begun: false }
    this.#running.add(running)
    running.controller.signal.addEventListener('abort', () => this.#running.delete(running))
    reply.raw.on('close', () => end(running))
    reply.raw.on('error', () => end(running))
    request.raw.socket.setNoDelay(true)
    stream.open(headers)
    // The client may have left before anybody listened for that.
    if (reply.raw.destroyed) end(running)
    return running
  }

  /**
   * First what the client missed, or all of the present state; then what happens. Nothing is lost between the two:
   * what happens meanwhile is held back and follows.
   */
  async #feed(
    running: Running,
    last: StreamPosition | null,
    feature: {
      present(): Promise<void>
      resumed(): Promise<void>
      take(published: PublishedEvent): void
    },
  ): Promise<void> {
    const { hub } = this.#options
    const { stream, controller } = running
    if (controller.signal.aborted) return
    const missed = last?.epoch === hub.epoch ? hub.since(last.sequence) : null
    const start = hub.sequence
    let held: PublishedEvent[] | null = []
    const unsubscribe = hub.subscribe(published => {
      if (held) held.push(published)
      else feature.take(published)
    })
    controller.signal.addEventListener('abort', unsubscribe)
    try {
      if (missed) {
        await feature.resumed()
        for (const published of missed) feature.take(published)
      } else await feature.present()
    } catch (error) {
      this.#options.log.error({ err: error }, 'a stream could not begin')
      end(running)
    }
    if (!missed) stream.sendPosition(start)
    const waiting = held
    held = null
    running.begun = true
    for (const published of waiting) feature.take(published)
  }

  #beat(): void {
    for (const { stream, begun } of this.#running) {
      if (begun) stream.sendPosition(this.#options.hub.sequence)
    }
    void this.#endOutdated()
  }

  /** Ends the streams of those who may no longer see what they see. */
  async #endOutdated(): Promise<void> {
    this.#checkAgain = true
    if (this.#checking) return
    this.#checking = true
    try {
      while (this.#checkAgain) {
        this.#checkAgain = false
        for (const running of [...this.#running]) {
          if (!(await this.#options.sessions.isCurrent(running.viewer))) end(running)
        }
      }
    } catch (error) {
      this.#options.log.warn({ err: error }, 'rights of streams could not be checked')
    } finally {
      this.#checking = false
    }
  }
}

function lastEventOf({ request }: Call<'events' | 'serverEvents'>): StreamPosition | null {
  const header = request.headers['last-event-id']
  return typeof header === 'string' ? parseEventId(header) : null
}

function end({ stream, controller }: Running): void {
  if (controller.signal.aborted) return
  controller.abort()
  stream.end()
}

function maySee(viewer: SignedIn, audience: Audience): boolean {
  return audience === 'everybody' || viewer.role === 'admin' || audience.ownerId === viewer.userId
}

function deleted(id: number): LeftEvent {
  return { name: 'server', data: { id, deleted: true } }
}
