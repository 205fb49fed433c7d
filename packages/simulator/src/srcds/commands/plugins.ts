import type { Invocation } from '../console.ts'
import type { Game } from '../game.ts'

const stockPlugins: readonly (readonly [string, string, string])[] = [
  ['Admin File Reader', '1.12.0.7210', 'AlliedModders LLC'],
  ['Basic Commands', '1.12.0.7210', 'AlliedModders LLC'],
  ['[L4D2] "Tank" Announcer', '2.3', 'Visor, Sir'],
  ['Anti-Flood', '1.12.0.7210', 'AlliedModders LLC'],
]

/** SourceMod and Metamod, when the tree has them or the switch `sourcemod` says that they are there. */
export function registerPluginCommands(game: Game): void {
  const isThere = (): boolean => game.switches.sourcemod || game.files.list('addons').includes('metamod.vdf')
  const register = (name: string, help: string, run: (invocation: Invocation) => void): void => {
    game.console.register(name, help, invocation => {
      if (isThere()) run(invocation)
      else invocation.print(`Unknown command "${name}"\n`)
    })
  }
  register('sm', 'SourceMod Menu', ({ arguments: words, print }) => {
    if (words[0] === 'plugins' && words[1] === 'list') {
      const own = game.files.list('addons/sourcemod/plugins').filter(name => name.endsWith('.smx'))
      const plugins =
        own.length === 0 ? stockPlugins : own.map(name => [name.slice(0, -4), '1.0', 'unknown'] as const)
      const rows = plugins.map(
        ([name, version, author], index) =>
          `  ${String(index + 1).padStart(2, '0')} "${name}" (${version}) by ${author}\n`,
      )
      print(`[SM] Listing ${plugins.length} plugins:\n${rows.join('')}`)
    } else if (words[0] === 'version') {
      print(
        ' SourceMod Version Information:\n    SourceMod Version: 1.12.0.7210\n    SourcePawn Engine: 1.12.0.7210, jit-x86\n',
      )
    } else {
      print(
        'SourceMod Menu:\nUsage: sm <command> [arguments]\n    plugins          - Manage Plugins\n    version          - Display version information\n',
      )
    }
  })
  register('meta', 'Metamod:Source control options', ({ arguments: words, print }) => {
    if (words[0] !== 'list') print('Usage: meta <command> [arguments]\n')
    else print('Listing 1 plugin:\n  [01] SourceMod (1.12.0.7210) by AlliedModders LLC\n')
  })
  register('sm_cvar', 'sm_cvar <cvar> [value]', ({ arguments: [name, value], print }) => {
    const cvar = name === undefined ? undefined : game.cvars.find(name)
    if (cvar === undefined) {
      print(`[SM] Unable to find cvar: ${name ?? ''}\n`)
    } else if (value === undefined) {
      print(`[SM] Value of cvar "${cvar.name}": "${cvar.value}"\n`)
    } else {
      // It ignores the cheat flag: that is what it is for.
      game.cvars.set(cvar, value)
      print(`[SM] Changed cvar "${cvar.name}" to "${value}".\n`)
    }
  })
}
