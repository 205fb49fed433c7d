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
    `players : ${players.length} humans, 0 bots (${game.maxPlayers()} max) (${game.hibernating ? 'hibernating' : 'not hibernating'}) (${game.switches.lobby ? lobby : 'unreserved'})`,
    '',
    '# userid name uniqueid connected ping loss state rate adr',
    ...players.map(player => row(player, performance.now())),
    ...game.population.bots().map(bot => `#${String(bot.userId).padStart(2)} "${bot.name}" BOT active`),
    '#end',
  ]
  if (game.switches['status-noise']) {
    lines.splice(2, 0, '[META] Loaded 2 plugins.')
    lines.splice(-1, 0, game.log.format('"sm_noise" = "1"'), '[SM] Unknown: plugin output between the rows')
  }
  const text = `${lines.join('\n')}\n`
  return game.switches['status-cut'] ? text.slice(0, text.lastIndexOf('# userid') + 60) : text
}

/** The SteamID of a lobby in hexadecimal, as the engine prints it: without leading zeros. */
const lobby = 'reserved 186000000d26f34'

function row(player: Player, now: number): string {
  const { userId, slot, name, steamId, ping, loss, state, rate, address } = player
  const id = state === 'connecting' ? 'STEAM_ID_PENDING' : steamId
  return `# ${String(userId).padStart(2)} ${slot} "${name}" ${id} ${connectedTime(now - player.connectedAt)} ${ping} ${loss} ${state} ${rate} ${address}`
}

/** `mm:ss` or `h:mm:ss`. */
export function connectedTime(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  const two = (number: number): string => String(number).padStart(2, '0')
  const tail = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return seconds >= 3600 ? `${Math.floor(seconds / 3600)}:${tail}` : tail
}
