import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { splitCommands, tokenise } from './console-text.ts'
import type { Game } from './game.ts'
import type { RconBans } from './rcon-bans.ts'
import { type RconFrame, RconFrameReader, rconTypes } from './rcon-frames.ts'
import { RconWriter } from './rcon-writer.ts'

interface Session {
  readonly socket: Socket
  readonly reader: RconFrameReader
  readonly writer: RconWriter
  readonly host: string
  readonly peer: string
  authenticated: boolean
  working: boolean
  /** What came while the game couldn't answer, and what waits for its turn. */
  readonly held: RconFrame[]
}

/** RCON on TCP: one session a connection, commands in the order in which they came. */
export class RconServer {
  readonly bans: RconBans
  readonly #game: Game
  readonly #sessions = new Set<Session>()
  #server: Server | null = null

  constructor(game: Game) {
    this.#game = game
    this.bans = game.rconBans
    game.cvars.onWrite(cvar => {
      if (cvar.name === 'rcon_password') this.#dropAuthenticated()
    })
    game.onMapReady(() => {
      for (const session of this.#sessions) void this.#work(session)
    })
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
    for (const { socket } of this.#sessions) socket.destroySoon()
    const server = this.#server
    this.#server = null
    if (server === null) return
    await new Promise<void>(resolve => {
      server.close(() => resolve())
      // A client that doesn't read its last bytes must not keep the port.
      setTimeout(() => {
        for (const { socket } of this.#sessions) socket.destroy()
      }, 50).unref()
    })
  }

  #accept(socket: Socket): void {
    const host = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    socket.on('error', () => socket.destroy())
    if (this.#game.switches['rcon-banned'] || this.bans.isBanned(host, performance.now())) {
      socket.destroy()
      return
    }
    socket.setNoDelay(true)
    const session: Session = {
      socket,
      reader: new RconFrameReader(),
      writer: new RconWriter(socket, this.#game.switches),
      host,
      peer: `${host}:${socket.remotePort ?? 0}`,
      authenticated: false,
      working: false,
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
      void this.#work(session)
    })
  }

  async #work(session: Session): Promise<void> {
    if (session.working) return
    session.working = true
    // The engine reads RCON in its frames: while a map is being loaded, and when it hangs, there are none.
    while (this.#game.phase === 'playing' && !session.socket.destroyed) {
      const frame = session.held.shift()
      if (frame === undefined) break
      if (this.#game.switches['rcon-delay-ms'] > 0) await wait(this.#game.switches['rcon-delay-ms'])
      await this.#handle(session, frame)
    }
    session.working = false
  }

  #handle(session: Session, frame: RconFrame): Promise<void> {
    if (frame.type === rconTypes.auth) return this.#authenticate(session, frame)
    if (frame.type === rconTypes.command) return this.#execute(session, frame)
    if (frame.type === rconTypes.response && session.authenticated) return session.writer.mirror(frame.id)
    return Promise.resolve()
  }

  async #authenticate(session: Session, frame: RconFrame): Promise<void> {
    const password = this.#game.cvars.text('rcon_password')
    session.authenticated = password !== '' && frame.body.toString() === password
    await session.writer.authResult(frame.id, session.authenticated)
    if (session.authenticated) {
      this.bans.succeed(session.host)
      return
    }
    this.#game.log.write(`rcon from "${session.peer}": Bad Password`)
    if (!this.bans.fail(session.host, performance.now())) return
    this.#game.print(`Banning ${session.host} for rcon hacking attempts\n`)
    for (const other of this.#sessions) if (other.host === session.host) other.socket.end()
  }

  async #execute(session: Session, frame: RconFrame): Promise<void> {
    const { switches, log, console, cvars } = this.#game
    if (!session.authenticated) {
      if (switches['rcon-early'] === 'close') session.socket.end()
      else await session.writer.refused()
      return
    }
    const command = frame.body.toString()
    const note = `rcon from "${session.peer}": command "${command}"`
    if (cvars.enabled('sv_rcon_log')) log.write(note)
    const output: string[] = []
    const manner = this.#replyManner(command)
    // It has to leave before the command does what ends the connection.
    if (manner === 'empty') await session.writer.reply(frame.id, Buffer.alloc(0))
    console.execute(command, text => output.push(text))
    if (manner === 'close') session.socket.end()
    if (manner !== 'whole') return
    if (switches['rcon-log-tail']) output.push(`${log.format(note)}\n`)
    await session.writer.reply(frame.id, Buffer.from(output.join('')))
  }

  /** How a command is answered: those that end the map or the process have no ordinary reply. */
  #replyManner(command: string): string {
    const { switches, files } = this.#game
    for (const text of splitCommands(command)) {
      const { name, arguments: words } = tokenise(text)
      const known = words[0] !== undefined && files.hasMap(words[0])
      if (['map', 'changelevel'].includes(name) && known) return switches['rcon-map-reply']
      if (['quit', 'exit', '_restart'].includes(name)) return switches['rcon-quit-reply']
    }
    return 'whole'
  }

  #dropAuthenticated(): void {
    for (const session of this.#sessions) if (session.authenticated) session.socket.destroySoon()
  }
}
