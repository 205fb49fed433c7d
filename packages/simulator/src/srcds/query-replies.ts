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
  // Port, Steam id, keywords, game id: the bits of every L4D2 capture; SourceTV's only when it is on.
  const television = cvars.enabled('tv_enable')
  reply
    .u8(0x80 | 0x10 | 0x20 | 0x01 | (television ? 0x40 : 0))
    .u16(game.address.port)
    .u64(game.steamId)
  if (television) reply.u16(cvars.number('tv_port')).text(cvars.text('tv_name'))
  return reply.text(keywords(game).join(',')).u64(BigInt(gameFacts.gameAppId)).finish()
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
  const { switches, population } = game
  const rows = switches['a2s-player-rows']
  const players = population.players()
  const shown = rows < 0 ? players : Array.from({ length: rows }, (_, index) => players[index])
  const count = switches['a2s-player-count']
  const reply = new ByteWriter()
    .i32(whole)
    .u8(0x44)
    .u8(count < 0 ? shown.length : count)
  const now = performance.now()
  for (const [index, player] of shown.entries()) {
    const name = player === undefined ? `fake ${index + 1}` : player.state === 'connecting' ? '' : player.name
    // The index is 0 in every row of L4D2, and somebody who is still connecting has no name yet.
    reply
      .u8(0)
      .text(name)
      .i32(player?.score ?? 0)
      .f32(player === undefined ? 60 : (now - player.connectedAt) / 1000)
  }
  return reply.finish()
}

export function rulesReply(game: Game): Buffer {
  const limit = game.switches['a2s-rules']
  const all = game.cvars.rules()
  const rules = limit < 0 ? all : all.slice(0, limit)
  const reply = new ByteWriter().i32(whole).u8(0x45).u16(rules.length)
  for (const { name, value } of rules) reply.text(name).text(value)
  const bytes = reply.finish()
  return game.switches['a2s-cut-rules'] ? bytes.subarray(0, -3) : bytes
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
