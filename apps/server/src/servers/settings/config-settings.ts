import type { GeneratedConfig } from '@left4me/contract'
import { commandsOf } from './console-language.ts'

export type ConfigSetting = GeneratedConfig['settings'][number]

/** Their words set nothing that would be shown as a setting. */
const otherCommands = new Set([
  'addip',
  'alias',
  'banid',
  'bind',
  'changelevel',
  'changelevel2',
  'cmd',
  'echo',
  'exec',
  'execifexists',
  'heartbeat',
  'kick',
  'kickid',
  'log',
  'logaddress_add',
  'logaddress_del',
  'map',
  'meta',
  'plugin_load',
  'removeid',
  'removeip',
  'say',
  'script',
  'script_execute',
  'sm',
  'toggle',
  'wait',
  'writeid',
  'writeip',
])

/**
 * Which line of a server.cfg sets each setting last, and which lines it overrides, in the order of the last lines.
 * A setting is any name that is given a value and isn't a well-known command. What files that `exec` runs and aliases
 * set isn't seen.
 */
export function settingsOf(lines: readonly string[]): ConfigSetting[] {
  const settings = new Map<string, ConfigSetting>()
  lines.forEach((text, line) => {
    for (const command of commandsOf(text)) {
      const set = settingOf(command)
      if (set === null) continue
      const before = settings.get(set.name)
      const overrides =
        before === undefined
          ? []
          : before.line === line
            ? before.overrides
            : [...before.overrides, before.line]
      settings.delete(set.name)
      settings.set(set.name, { ...set, line, overrides })
    }
  })
  return [...settings.values()]
}

function settingOf(command: ReturnType<typeof commandsOf>[number]): { name: string; value: string } | null {
  // SourceMod's command for what `sv_cheats` would forbid.
  if (command.name === 'sm_cvar') {
    const [inner] = commandsOf(command.rest)
    return inner === undefined ? null : settingOf(inner)
  }
  if (otherCommands.has(command.name) || command.words.length === 0 || !/^[\w.-]+$/.test(command.name))
    return null
  return { name: command.name, value: textOf(command.rest) }
}

/**
 * All that follows the name is the value, without the quotes round the whole.
 * Authority: `CCvarUtilities::IsCommand` of the Source SDK, which takes `args.ArgS()`.
 */
function textOf(rest: string): string {
  return /^"[^"]*"?$/.test(rest) ? rest.replaceAll('"', '') : rest
}
