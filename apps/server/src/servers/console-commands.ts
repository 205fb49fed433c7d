import { type BanPlayer, limits, type ServerState } from '@left4me/contract'
import { ProtocolError, quoteConsoleArgument, type StatusPlayer, stripLogEcho } from '@left4me/protocols'
import { ProblemError, refuse } from '../http/problem-error.ts'
import type { LiveServers } from '../live/live-servers.ts'
import type { RconSession } from '../live/rcon-session.ts'
import { withoutSecret } from './console-excerpt.ts'
import type { ServerDirectory, ServerRecord } from './server-directory.ts'
import { refusalOf } from './settings/reserved-settings.ts'

/** Characters of an answer that a person is shown. */
const longestOutput = 256 * 1024

const notRunning: Record<Exclude<ServerState, 'running'>, string> = {
  stopped: 'The server is stopped. Start it first.',
  starting: 'The server is still starting. Wait until it runs.',
  stopping: 'The server is stopping.',
  failed: 'The server does not run. Start it first.',
  installing: 'The game is being installed, so that the server can’t run.',
}

/**
 * What people do with a running server's console. Rejects with a ProblemError, or a ProtocolError when it fails; after
 * `sending` was called the server may have done it all the same.
 */
export class ConsoleCommands {
  readonly #directory: ServerDirectory
  readonly #live: LiveServers

  constructor(options: { directory: ServerDirectory; live: LiveServers }) {
    this.#directory = options.directory
    this.#live = options.live
  }

  /** Rejects with `reserved-setting` for what belongs to the platform or to the power buttons. */
  async run(record: ServerRecord, command: string, sending: () => void): Promise<string> {
    const bytes = Buffer.byteLength(command)
    if (bytes > limits.consoleCommand) {
      throw refuse(
        'invalid-input',
        '/command',
        `Has ${bytes} bytes, and the server takes at most ${limits.consoleCommand}. Shorten it.`,
      )
    }
    const refusal = refusalOf(command)
    if (refusal) throw refuse(refusal.code, '/command', refusal.message)
    const session = this.#session(record)
    const output = await this.#execute(record, session, command, sending)
    return shown(stripLogEcho(output, command), this.#directory.rconPassword(record.id))
  }

  /** Rejects with `not-found` when nobody has that number now. */
  async kick(
    record: ServerRecord,
    userId: number,
    reason: string | undefined,
    sending: () => void,
  ): Promise<void> {
    const text = quoted(reason)
    const session = this.#session(record)
    await this.#playerOf(session, userId)
    const said = await this.#execute(record, session, `kickid ${userId}${text}`, sending)
    // Who left in the moment between is not kicked.
    if (/^(?:userid .* not found|can't find user)/im.test(said)) throw nobody(userId)
  }

  /** For good, it is also written to banned_user.cfg, which each start reads. */
  async ban(
    record: ServerRecord,
    userId: number,
    { minutes, reason }: BanPlayer,
    sending: (player: StatusPlayer) => void,
  ): Promise<void> {
    const text = quoted(reason)
    const session = this.#session(record)
    const player = await this.#playerOf(session, userId)
    if (player.bot)
      throw refuse('invalid-input', '/userId', 'Is a bot, and bots can’t be banned. Kick it instead.')
    if (player.steamId === null) {
      throw new ProblemError(
        'action-not-allowed',
        'Steam has yet to confirm who this is, so that there is nobody to ban. Try again in a moment, or kick.',
      )
    }
    // By SteamID, so that it also holds for who leaves in this moment. Unquoted it would be five words.
    const command = `banid ${minutes} ${quoteConsoleArgument(player.uniqueId)}`
    await this.#execute(record, session, command, () => sending(player))
    // Before the kick: if that isn't answered, the ban lasts all the same.
    if (minutes === 0) await session.execute('writeid')
    await this.#execute(record, session, `kickid ${userId}${text}`)
  }

  /** Players and map are asked for anew, also when the answer was lost: the command may have been executed. */
  async #execute(
    record: ServerRecord,
    session: RconSession,
    command: string,
    sending: () => void = () => {},
  ): Promise<string> {
    try {
      await session.connect()
      sending()
      return await session.execute(command)
    } finally {
      this.#live.refreshSoon(record.id)
    }
  }

  #session(record: ServerRecord): RconSession {
    const { state } = this.#live.state(record)
    if (state !== 'running') throw new ProblemError('action-not-allowed', notRunning[state])
    const session = this.#live.session(record.id)
    if (session === null) throw new ProblemError('action-not-allowed', 'The server has just ended.')
    return session
  }

  /** Asked anew: numbers of people who left are given to nobody else, but a list may be seconds old. */
  async #playerOf(session: RconSession, userId: number): Promise<StatusPlayer> {
    const report = await session.status()
    const player = report.players.find(each => each.userId === userId)
    if (player) return player
    if (report.complete) throw nobody(userId)
    throw new ProblemError('console-failed', 'The server did not say who plays. Try again.')
  }
}

/** What the audit keeps of a command: a password that somebody sets is nobody else's business. */
export function auditableCommand(command: string): string {
  return /passw|secret|key/i.test(command) ? `${command.trim().split(/\s/, 1)[0]} (kept secret)` : command
}

function nobody(userId: number): ProblemError {
  return new ProblemError('not-found', `Nobody with the number ${userId} plays now.`)
}

function quoted(reason: string | undefined): string {
  if (reason === undefined || reason === '') return ''
  try {
    return ` ${quoteConsoleArgument(reason)}`
  } catch (error) {
    if (error instanceof ProtocolError) throw refuse('invalid-input', '/reason', error.message)
    throw error
  }
}

function shown(output: string, secret: string): string {
  const text = withoutSecret(output, secret)
  return text.length > longestOutput
    ? `${text.slice(0, longestOutput)}\n… (${text.length - longestOutput} more characters)`
    : text
}
