import { createSocket, type Socket } from 'node:dgram'
import { Random } from '../random.ts'
import type { Game } from './game.ts'
import { QueryResponder } from './query-responder.ts'

interface Query {
  readonly request: Buffer
  readonly host: string
  readonly port: number
}

/** The kernel's buffer, so to say, while the game doesn't read it. */
const heldQueries = 64

/** The game's UDP socket as far as queries use it; loses, doubles, delays and reorders what it is told to. */
export class QueryServer {
  readonly #game: Game
  readonly #responder: QueryResponder
  readonly #random: Random
  #socket: Socket | null = null
  /** Queries that came while a map was being loaded. */
  #held: Query[] = []

  constructor(game: Game) {
    this.#game = game
    this.#responder = new QueryResponder(game)
    this.#random = new Random(game.seed ^ 0x41325321)
    game.onMapReady(() => {
      for (const query of this.#held.splice(0)) this.#receive(query)
    })
  }

  /** Rejects when the address is taken; resolves with the port. */
  async listen(host: string, port: number): Promise<number> {
    const socket = createSocket({ type: 'udp4' })
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject)
        socket.bind({ address: host, port, exclusive: true }, () => {
          socket.off('error', reject)
          resolve()
        })
      })
    } catch (error) {
      socket.close()
      throw error
    }
    socket.on('message', (request, { address, port: source }) => {
      this.#receive({ request, host: address, port: source })
    })
    socket.on('error', () => {
      // A client that is gone; nothing to do.
    })
    this.#socket = socket
    this.#game.log.sendFrom(socket)
    return socket.address().port
  }

  async close(): Promise<void> {
    this.#game.log.sendFrom(null)
    const socket = this.#socket
    this.#socket = null
    if (socket !== null) await new Promise<void>(resolve => socket.close(() => resolve()))
  }

  #receive(query: Query): void {
    const { phase, switches, hibernating } = this.#game
    if (phase === 'changing-map' || phase === 'starting') {
      if (this.#held.length < heldQueries) this.#held.push(query)
      return
    }
    if (phase !== 'playing' || switches['a2s-silent']) return
    if (switches['a2s-silent-when-empty'] && hibernating) return
    const replies = this.#responder.respond(query.request, query.host, performance.now())
    if (switches['a2s-reorder']) replies.reverse()
    for (const reply of replies) {
      if (this.#random.chance(switches['a2s-loss'])) continue
      this.#send(reply, query)
      if (this.#random.chance(switches['a2s-duplicate'])) this.#send(reply, query)
    }
  }

  #send(reply: Buffer, { host, port }: Query): void {
    const send = (): void => {
      this.#socket?.send(reply, port, host, () => {
        // Whoever asked may be gone.
      })
    }
    const delay = this.#game.switches['a2s-delay-ms']
    if (delay > 0) setTimeout(send, delay).unref()
    else send()
  }
}
