import { type ConsoleCommandText, readCommands } from './console-language.ts'

/** Why a console line isn't taken. */
export interface Refusal {
  readonly code: 'reserved-setting' | 'invalid-input'
  /** The setting or command that is to blame. */
  readonly setting: string
  /** What is wrong and what to do instead: one or two sentences. */
  readonly message: string
}

interface Reserved {
  readonly names: RegExp
  readonly remedy: string
}

/** Settings that the platform makes itself. The last lines of each server.cfg set them, so that nothing else may. */
const reservedSettings: readonly Reserved[] = [
  {
    names: /^rcon_password$/,
    remedy:
      'left4me makes a password of its own for each server. Talk to the server through its console page.',
  },
  {
    names: /^(?:log.*|sv_log.*|con_logfile)$/,
    remedy: 'The live log depends on it. Leave this line out.',
  },
  {
    names: /^sv_rcon_.*$/,
    remedy: 'left4me keeps its own console connection open with it. Leave this line out.',
  },
  {
    names: /^(?:hostport|port|clientport|tv_port|ip|hostip)$/,
    remedy: 'left4me gives each server its ports and addresses. Change the port in the server’s settings.',
  },
  {
    names: /^l?servercfgfile$/,
    remedy: 'left4me writes server.cfg. Add lines to the server’s config instead.',
  },
]

const powerCommands: Readonly<Record<string, string>> = {
  quit: 'Stop the server with its Stop button.',
  exit: 'Stop the server with its Stop button.',
  killserver: 'Stop the server with its Stop button.',
  disconnect: 'Stop the server with its Stop button.',
  crash: 'Stop the server with its Stop button.',
  _restart: 'Restart the server with its Restart button.',
}

/** Their words are text for people; a name of a setting in it means nothing. */
const textCommands = new Set([
  'hostname',
  'echo',
  'say',
  'say_team',
  'sm_say',
  'sm_csay',
  'sm_hsay',
  'sm_tsay',
  'sm_chat',
  'sv_contact',
  'sv_downloadurl',
  'sv_password',
  'sv_search_key',
  'sv_tags',
  'tv_msg',
  'tv_name',
  'tv_title',
])

/** Their words are commands or settings again. */
const carriers = new Set([
  'alias',
  'bind',
  'bindtoggle',
  'cmd',
  'incrementvar',
  'multvar',
  'rcon',
  'reset',
  'revert',
  'setinfo',
  'sm_cvar',
  'sm_rcon',
  'toggle',
])

/** Their words are names of files, which the engine looks for below the game's own folders. */
const fileCommands = new Set([
  'exec',
  'execifexists',
  'host_writeconfig',
  'hostfile',
  'mapcyclefile',
  'motdfile',
  'plugin_load',
  'script_execute',
  'sm_execcfg',
])

/** Names that mean nothing but the setting, wherever they stand: in a script's string, behind a prefix command. */
const unmistakable = /(?<!\w)(rcon_password|sv_rcon_\w*|sv_log\w+|logaddress_\w*|l?servercfgfile)(?!\w)/i

const deepestNesting = 8

/**
 * Why a line of server.cfg, a console command or the text of a `+` argument isn't taken, or null when it may pass.
 * It reads the line as the engine does, looks through `alias` and its like, and is on the safe side where builds differ.
 *
 * What it can't see is the content of files that `exec` runs: those come from overlays, and the platform's own lines at
 * the end of server.cfg have the last word.
 */
export function refusalOf(line: string, depth = 0): Refusal | null {
  for (const command of readCommands(line)) {
    const refusal = refusalOfCommand(command, depth)
    if (refusal) return refusal
  }
  return null
}

function refusalOfCommand(command: ConsoleCommandText, depth: number): Refusal | null {
  const { name, words, rest } = command
  const reserved = reservedSetting(name)
  if (reserved) return reserved
  const power = powerCommands[name]
  if (power !== undefined && Object.hasOwn(powerCommands, name)) {
    return { code: 'reserved-setting', setting: name, message: `“${name}” would end the server. ${power}` }
  }
  if (textCommands.has(name)) return null
  const named = unmistakable.exec(rest)?.[1]
  if (named !== undefined) return reservedSetting(named.toLowerCase())
  if (fileCommands.has(name) || /(?:^|[/\\"\s])\.\.[/\\]/.test(rest)) {
    const refusal = refusalOfFile(name, rest)
    if (refusal) return refusal
  }
  if (!carriers.has(name)) return null
  if (name === 'alias' && words[0]?.trim().toLowerCase() === 'exec') {
    return {
      code: 'reserved-setting',
      setting: 'exec',
      message: '“alias exec” would keep server.cfg from running the overlays’ files. Choose another name.',
    }
  }
  if (depth >= deepestNesting) {
    return { code: 'invalid-input', setting: name, message: `“${name}” is nested too deep to be checked.` }
  }
  for (const text of [rest, words.slice(1).join(' '), ...words]) {
    const refusal = refusalOf(text, depth + 1)
    if (refusal) return refusal
  }
  return null
}

function reservedSetting(name: string): Refusal | null {
  const reserved = reservedSettings.find(({ names }) => names.test(name))
  if (!reserved) return null
  return {
    code: 'reserved-setting',
    setting: name,
    message: `“${name}” is set by left4me. ${reserved.remedy}`,
  }
}

/** The game runs with left4me's rights in the embedded mode: its console prints any file that it is told to execute. */
function refusalOfFile(name: string, rest: string): Refusal | null {
  const path = rest.replaceAll('"', '').trim()
  if (!/(?:^|[/\\\s])\.\.(?:[/\\]|$)|^[/\\]|[\\:]/.test(path)) return null
  return {
    code: 'invalid-input',
    setting: name,
    message: `“${name}” names a file outside the game's folders. Name one below them, without “..”, “\\” or “:”.`,
  }
}
