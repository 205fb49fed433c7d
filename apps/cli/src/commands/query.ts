import type { A2sInfo, A2sPlayer, A2sRule } from '@left4me/protocols'
import { A2sClient } from '@left4me/protocols/client'
import { parseTarget } from '../arguments/parse-target.ts'
import type { Command } from '../command.ts'
import { printable } from '../terminal/printable.ts'
import { table } from '../terminal/table.ts'

export const query: Command = {
  name: 'query',
  arguments: ['HOST:PORT'],
  flags: {
    players: 'Ask who plays, too',
    rules: 'Ask for the public cvars, too',
    json: 'Print JSON',
  },
  summary: 'Ask a game server what it is, as the server browser does (A2S)',
  details: 'Needs no database and no password; works with any Source server.',
  async run({ arguments: [address = ''], flags }, terminal) {
    const target = parseTarget(address)
    await using client = new A2sClient()
    await client.open()
    const info = await client.info(target)
    const players = flags.has('players') ? (await client.players(target)).players : null
    const rules = flags.has('rules') ? (await client.rules(target)).rules : null
    terminal.write(
      flags.has('json')
        ? `${JSON.stringify(asJson(address, info, players, rules), null, 2)}\n`
        : asText(info, players, rules),
    )
  },
}

function asJson(
  address: string,
  info: A2sInfo,
  players: readonly A2sPlayer[] | null,
  rules: readonly A2sRule[] | null,
) {
  return {
    address,
    ...info,
    ...(players ? { playerList: players } : {}),
    ...(rules ? { rules: Object.fromEntries(rules.map(({ name, value }) => [name, value])) } : {}),
  }
}

function asText(
  info: A2sInfo,
  players: readonly A2sPlayer[] | null,
  rules: readonly A2sRule[] | null,
): string {
  const facts = table([
    ['name', printable(info.name)],
    ['map', printable(info.map)],
    ['players', `${info.players} of ${info.maxPlayers}`],
    ['game', printable(info.game)],
    ['version', printable(info.version)],
    ['password', info.passwordRequired ? 'required' : 'none'],
    ['VAC', info.vac ? 'on' : 'off'],
    ['keywords', printable(info.keywords.join(', '))],
  ])
  const who = players && (players.length === 0 ? 'nobody plays\n' : table(players.map(playerRow)))
  const cvars = rules && table(rules.map(({ name, value }) => [printable(name), printable(value)]))
  return [facts, who, cvars].filter(part => part !== null).join('\n')
}

function playerRow(player: A2sPlayer): (string | number | null)[] {
  const minutes = player.connectedSeconds === null ? null : Math.floor(player.connectedSeconds / 60)
  return [
    printable(player.name) || '(connecting)',
    `score ${player.score}`,
    minutes === null ? null : `${minutes} min`,
  ]
}
