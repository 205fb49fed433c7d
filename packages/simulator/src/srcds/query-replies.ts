import { gameFacts } from '../game-facts.ts'
import { ByteWriter } from './byte-writer.ts'
import type { Game } from './game.ts'

/** The replies to Valve's server queries (developer.valvesoftware.com/wiki/Server_queries), as L4D2 words them. */

const whole = -1
const split = -2

export function challengeReply(challenge: number): Buffer {
  return new ByteWriter().i32(whole).u8(0x41).i32(challenge).finish()
}

export function infoReply(game: Game): Buffer {
  const { cvars } = game
  const reply = new ByteWriter()
    .i32(whole)
    .u8(0x49)
    .u8(gameFacts.networkProtocol)
    .text(cvars.text('hostname'))
    .text(game.map)
    .text(gameFacts.gameFolder)
    .text(gameFacts.title)
    .u16(gameFacts.gameAppId)
    .u8(game.population.players().length)
    .u8(game.reportedMaxPlayers())
    // Bots: L4D2 doesn't count the survivors that it plays itself.
    .u8(0)
    .u8('d'.charCodeAt(0))
    .u8('l'.charCodeAt(0))
    .u8(cvars.text('sv_password') === '' ? 0 : 1)
    .u8(game.secure ? 1 : 0)
    .text(`${gameFacts.patchVersion} ${gameFacts.simulated}`)
  // Port, Steam id, keywords, game id: the bits of every L4D2 capture.
  return reply
    .u8(0x80 | 0x10 | 0x20 | 0x01)
    .u16(game.address.port)
    .u64(game.steamId)
    .text(keywords(game).join(','))
    .u64(BigInt(gameFacts.gameAppId))
    .finish()
}

/** Game mode, the operator's tags and what the engine adds. */
function keywords(game: Game): string[] {
  const players = game.population.players().length
  const tags = game.cvars
    .text('sv_tags')
    .split(',')
    .map(tag => tag.trim().toLowerCase())
  const engine = [
    players === 0 ? 'empty' : players >= game.reportedMaxPlayers() ? 'full' : '',
    game.secure ? 'secure' : '',
  ]
  return [game.cvars.text('mp_gamemode').toLowerCase(), ...tags, ...engine].filter(tag => tag !== '')
}

export function playerReply(game: Game): Buffer {
  const players = game.population.players()
  const reply = new ByteWriter().i32(whole).u8(0x44).u8(players.length)
  const now = performance.now()
  for (const player of players) {
    const connecting = player.state === 'connecting'
    // The index is 0 in every row of L4D2, and somebody who is still connecting has no name yet.
    reply
      .u8(0)
      .text(connecting ? '' : player.name)
      .i32(player.score)
      .f32((now - player.connectedAt) / 1000)
  }
  return reply.finish()
}

export function rulesReply(game: Game): Buffer {
  const rules = game.cvars.rules()
  const reply = new ByteWriter().i32(whole).u8(0x45).u16(rules.length)
  for (const { name, value } of rules) reply.text(name).text(value)
  return reply.finish()
}

/** Cuts what doesn't fit into `datagramBytes` into split packets; one that fits stays as it is. */
export function splitReply(reply: Buffer, id: number, datagramBytes: number): Buffer[] {
  if (reply.length <= datagramBytes) return [reply]
  const payloadBytes = datagramBytes - 12
  const total = Math.ceil(reply.length / payloadBytes)
  return Array.from({ length: total }, (_, index) =>
    new ByteWriter()
      .i32(split)
      .i32(id)
      .u8(total)
      .u8(index)
      .u16(payloadBytes)
      .bytes(reply.subarray(index * payloadBytes, (index + 1) * payloadBytes))
      .finish(),
  )
}
