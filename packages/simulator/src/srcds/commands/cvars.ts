import { gameFacts } from '../../game-facts.ts'
import { describeCvar } from '../cvar-store.ts'
import type { Game } from '../game.ts'

export function registerCvarCommands(game: Game): void {
  const { console, cvars } = game
  console.register('cvarlist', 'Show the list of convars/concommands.', ({ arguments: [prefix], print }) => {
    const rows = [
      ...cvars.all().map(cvar => ({
        name: cvar.name,
        value: cvar.flags.includes('protected') ? '' : cvar.value,
        flags: cvar.flags.map(flag => `"${flag.slice(0, 4)}"`).join(', '),
        help: cvar.help,
      })),
      ...Array.from({ length: game.switches['cvarlist-rows'] }, (_, index) => ({
        name: `${gameFacts.simulated}_cvar_${String(index).padStart(4, '0')}`,
        value: String(index),
        flags: '"game"',
        help: 'Fills the list – bis zur vollen Größe.',
      })),
      ...console.commands().map(({ name, help }) => ({ name, value: 'cmd', flags: '', help })),
    ]
      .filter(row => prefix === undefined || row.name.startsWith(prefix))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    const text = rows.map(
      ({ name, value, flags, help }) =>
        `${name.padEnd(40)} : ${value.padEnd(8)} : ${flags.padEnd(16)} : ${help}\n`,
    )
    print(
      `cvar list\n--------------\n${text.join('')}--------------\n${String(rows.length).padStart(3)} total convars/concommands\n`,
    )
  })
  console.register(
    'find',
    'Find concommands with the specified string in their name/help text.',
    ({ arguments: [part], print }) => {
      if (part === undefined) print('Usage:  find <string>\n')
      else
        for (const cvar of cvars.all()) if (cvar.name.includes(part.toLowerCase())) print(describeCvar(cvar))
    },
  )
  console.register('help', 'Find help about a convar/concommand.', ({ arguments: [name], print }) => {
    const cvar = name === undefined ? undefined : cvars.find(name)
    if (cvar !== undefined) print(describeCvar(cvar))
    else print(name === undefined ? 'Usage:  help <cvarname>\n' : `help:  no cvar or command named ${name}\n`)
  })
}
