import { gameFacts } from '../game-facts.ts'
import type { Game } from './game.ts'
import type { Player } from './player.ts'

/** What `status` answers to RCON and to the server's own console. */
export function statusText(game: Game): string {
  const players = game.population.players()
  const lines = [
    `hostname: ${game.cvars.text('hostname')}`,
    `version : ${gameFacts.patchVersion} ${gameFacts.engineBuild} ${game.secure ? 'secure' : 'insecure'}  (${gameFacts.simulated})`,
    `udp/ip  : ${game.address.host}:${game.address.port} [ public n/a ]`,
    'os      : Linux Dedicated',
    `map     : ${game.map}`,
    `players : ${players.length} humans, 0 bots (${game.maxPlayers()} max) (${game.hibernating ? 'hibernating' : 'not hibernating'}) (unreserved)`,
    '',
    '# userid name uniqueid connected ping loss state rate adr',
    ...players.map(player => row(player, performance.now())),
    ...game.population.bots().map(bot => `#${String(bot.userId).padStart(2)} "${bot.name}" BOT active`),
    '#end',
  ]
  return `${lines.join('\n')}\n`
}

function row(player: Player, now: number): string {
  const { userId, slot, name, steamId, ping, loss, state, rate, address } = player
  const id = state === 'connecting' ? 'STEAM_ID_PENDING' : steamId
  return `# ${String(userId).padStart(2)} ${slot} "${name}" ${id} ${connectedTime(now - player.connectedAt)} ${ping} ${loss} ${state === 'connecting' ? 'connecting' : state} ${rate} ${address}`
}

/** `mm:ss` or `h:mm:ss`. */
export function connectedTime(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const two = (number: number): string => String(number).padStart(2, '0')
  const tail = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${tail}` : tail
}
