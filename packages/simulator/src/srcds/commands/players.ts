import { unquote } from '../console-text.ts'
import type { Game } from '../game.ts'
import type { Player } from '../player.ts'

interface Ban {
  readonly steamId: string
  /** ms of the server's clock; null for ever. */
  readonly until: number | null
}

export function registerPlayerCommands(game: Game): void {
  const { console, population } = game
  let bans: Ban[] = []

  console.register('users', 'Show user info for players on server.', ({ print }) => {
    const rows = population.players().map(player => `${player.slot}:${player.userId}:"${player.name}"\n`)
    print(`<slot:userid:"name">\n${rows.join('')}${rows.length} users\n`)
  })
  console.register('kick', 'Kick a player by name.', ({ rest, arguments: [name], print }) => {
    if (name === undefined) {
      print('Usage:  kick < name >\n')
      return
    }
    const player = population.players().find(other => other.name === name || other.name === rest)
    if (player !== undefined) kick(player, 'Kicked by Console')
  })
  console.register(
    'kickid',
    'Kick a player by userid or uniqueid, with a message.',
    ({ arguments: words, print }) => {
      const [, ...message] = words
      if (words[0] === undefined) {
        print('Usage:  kickid < userid | uniqueid > { message }\n')
        return
      }
      const player = find(words[0])
      if (player === undefined) print(`userid "${words[0]}" not found\n`)
      else kick(player, message.length > 0 ? message.join(' ') : 'Kicked by Console')
    },
  )
  console.register('banid', 'Add a user ID to the ban list.', ({ arguments: words, print }) => {
    const [minutes, id, option] = words
    if (minutes === undefined || id === undefined) {
      print('Usage:  banid < minutes > < userid | uniqueid > { kick }\n')
      return
    }
    const player = find(id)
    const steamId = player?.steamId ?? id
    if (!/^STEAM_\d:[01]:\d+$/.test(steamId)) {
      print(`banid: no user "${id}"\n`)
      return
    }
    const duration = Number(minutes)
    bans = bans.filter(ban => ban.steamId !== steamId)
    bans.push({ steamId, until: duration > 0 ? performance.now() + duration * 60_000 : null })
    const term = duration > 0 ? `for ${duration.toFixed(2)} minutes` : 'permanently'
    game.log.write(`Banid: "${player?.name ?? ''}<><${steamId}><>" was banned "${term}" by "Console"`)
    if (player !== undefined && option === 'kick') kick(player, 'Kicked and banned by Console')
  })
  console.register('removeid', 'Remove a user ID from the ban list.', ({ arguments: [id], print }) => {
    const before = bans.length
    bans = bans.filter(ban => ban.steamId !== id)
    if (bans.length === before) print(`removeid: couldn't find ${id ?? ''}\n`)
    else print(`removeid: filter removed for ${id ?? ''}\n`)
  })
  console.register('listid', 'Lists banned users.', ({ print }) => {
    const valid = bans.filter(ban => ban.until === null || ban.until > performance.now())
    const rows = valid.map((ban, index) => {
      const term =
        ban.until === null ? 'permanent' : `${((ban.until - performance.now()) / 60_000).toFixed(3)} min`
      return `${index + 1} ${ban.steamId} : ${term}\n`
    })
    print(`ID filter list: ${rows.length === 0 ? 'empty' : `${rows.length} entries`}\n${rows.join('')}`)
  })
  console.register('writeid', 'Writes a list of permanently-banned user IDs to banned_user.cfg.', () => {
    const lines = bans.filter(ban => ban.until === null).map(ban => `banid 0 "${ban.steamId}"\n`)
    game.files.replace('cfg/banned_user.cfg', lines.join(''))
  })

  console.register('addip', 'Add an IP address to the ban list.', ({ rest, print }) => {
    const [minutes, ip] = rest.replaceAll('"', '').split(/\s+/)
    if (minutes === undefined || ip === undefined) print('Usage:  addip < minutes > < ipaddress >\n')
    else game.rconBans.ban(ip, Number(minutes) || 0, performance.now())
  })
  console.register('removeip', 'Remove an IP address from the ban list.', ({ rest, print }) => {
    const ip = unquote(rest)
    const found = game.rconBans.unban(ip)
    print(found ? `removeip:  filter removed for ${ip}\n` : `removeip:  couldn't find ${ip}\n`)
  })
  console.register('listip', 'List IP addresses on the ban list.', ({ print }) => {
    const rows = game.rconBans.list().map((ip, index) => `${index + 1} ${ip} : permanent\n`)
    print(`IP filter list: ${rows.length === 0 ? 'empty' : `${rows.length} entries`}\n${rows.join('')}`)
  })
  console.register('writeip', 'Save the ban list to banned_ip.cfg.', () => {
    const lines = game.rconBans.list().map(ip => `addip 0 "${ip}"\n`)
    game.files.replace('cfg/banned_ip.cfg', lines.join(''))
  })

  function find(id: string): Player | undefined {
    return /^\d+$/.test(id)
      ? population.find(Number(id))
      : population.players().find(player => player.steamId === id)
  }

  function kick(player: Player, reason: string): void {
    game.print(`Dropped "${player.name}" from server (${reason})\n`)
    population.leave(player, reason)
  }
}
