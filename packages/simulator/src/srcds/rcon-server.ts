import { createServer, type Server, type Socket } from 'node:net'
import type { Game } from './game.ts'
import { RconBans } from './rcon-bans.ts'
import { encodeFrame, largestBody, type RconFrame, RconFrameReader, rconTypes } from './rcon-frames.ts'

interface Session {
  readonly socket: Socket
  readonly reader: RconFrameReader
  readonly host: string
  readonly peer: string
  authenticated: boolean
  /** What came while the game couldn't answer. */
  readonly held: RconFrame[]
}

/** What a client's empty frame of type 0 is answered with, after its mirror. */
const afterMirror = Buffer.from([0, 1, 0, 0])
const empty = Buffer.alloc(0)

/** RCON on TCP: one session a connection, commands in the order in which they came. */
export class RconServer {
  readonly bans: RconBans
  readonly #game: Game
  readonly #sessions = new Set<Session>()
  #server: Server | null = null

  constructor(game: Game) {
    this.#game = game
    this.bans = new RconBans(game.cvars)
    game.cvars.onWrite(cvar => {
      if (cvar.name === 'rcon_password') this.#dropAuthenticated()
    })
    game.onMapReady(() => this.#resume())
  }

  /** Rejects when the address is taken. */
  listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const server = createServer(socket => this.#accept(socket))
      server.once('error', reject)
      server.listen({ host, port }, () => {
        server.off('error', reject)
        this.#server = server
        resolve()
      })
    })
  }

  async close(): Promise<void> {
    for (const { socket } of this.#sessions) socket.destroy()
    const server = this.#server
    this.#server = null
    if (server !== null) await new Promise<void>(resolve => server.close(() => resolve()))
  }

  #accept(socket: Socket): void {
    const host = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    socket.on('error', () => socket.destroy())
    if (this.bans.isBanned(host, performance.now())) {
      socket.destroy()
      return
    }
    socket.setNoDelay(true)
    const session: Session = {
      socket,
      reader: new RconFrameReader(),
      host,
      peer: `${host}:${socket.remotePort ?? 0}`,
      authenticated: false,
      held: [],
    }
    this.#sessions.add(session)
    socket.on('close', () => this.#sessions.delete(session))
    socket.on('data', chunk => {
      const frames = session.reader.push(chunk)
      if (frames === null) {
        socket.destroy()
        return
      }
      session.held.push(...frames)
      this.#work(session)
    })
  }

  #resume(): void {
    for (const session of this.#sessions) this.#work(session)
  }

  #work(session: Session): void {
    // The engine reads RCON in its frames: while a map is being loaded there are none.
    while (this.#game.phase === 'playing' && !session.socket.destroyed) {
      const frame = session.held.shift()
      if (frame === undefined) return
      this.#handle(session, frame)
    }
  }

  #handle(session: Session, frame: RconFrame): void {
    if (frame.type === rconTypes.auth) this.#authenticate(session, frame)
    else if (frame.type === rconTypes.command) this.#execute(session, frame)
    else if (frame.type === rconTypes.response && session.authenticated) {
      session.socket.write(encodeFrame(frame.id, rconTypes.response, empty))
      session.socket.write(encodeFrame(frame.id, rconTypes.response, afterMirror))
    }
  }

  #authenticate(session: Session, frame: RconFrame): void {
    const password = this.#game.cvars.text('rcon_password')
    const right = password !== '' && frame.body.toString() === password
    session.authenticated = right
    const frames = [
      encodeFrame(frame.id, rconTypes.response, empty),
      encodeFrame(right ? frame.id : -1, rconTypes.authResponse, empty),
    ]
    session.socket.write(Buffer.concat(frames))
    if (right) {
      this.bans.succeed(session.host)
      return
    }
    this.#game.log.write(`rcon from "${session.peer}": Bad Password`)
    if (this.bans.fail(session.host, performance.now())) this.#banish(session.host)
  }

  #execute(session: Session, frame: RconFrame): void {
    if (!session.authenticated) {
      session.socket.write(encodeFrame(-1, rconTypes.authResponse, empty))
      return
    }
    const command = frame.body.toString()
    const output: string[] = []
    this.#game.log.write(`rcon from "${session.peer}": command "${command}"`)
    this.#game.console.execute(command, text => output.push(text))
    this.#reply(session, frame.id, Buffer.from(output.join('')))
  }

  /** Cuts wherever a frame is full, also in the middle of a character. */
  #reply(session: Session, id: number, body: Buffer): void {
    let start = 0
    do {
      const part = body.subarray(start, start + largestBody)
      session.socket.write(encodeFrame(id, rconTypes.response, part))
      start += largestBody
    } while (start < body.length)
  }

  #banish(host: string): void {
    this.#game.print(`Banning ${host} for rcon hacking attempts\n`)
    for (const session of this.#sessions) if (session.host === host) session.socket.end()
  }

  #dropAuthenticated(): void {
    for (const session of this.#sessions) if (session.authenticated) session.socket.destroySoon()
  }
}
