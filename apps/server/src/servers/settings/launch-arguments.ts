import { type Refusal, refusalOf } from './reserved-settings.ts'

/** One launch argument with its values: `+map c2m1_highway`, `-maxplayers 8`. */
interface ArgumentGroup {
  /** With its sign, lower case; empty for words before the first argument. */
  readonly name: string
  readonly words: readonly string[]
}

/**
 * Arguments that decide what the platform decides: where the server listens, who supervises it, which program runs,
 * what it writes. Both srcds_run's (a shell script that takes `-binary` and `-gdb` as programs) and the engine's.
 */
const reservedSwitches: Readonly<Record<string, string>> = {
  ...remedied(
    'left4me gives each server its ports and addresses. Change the port in the server’s settings.',
    [
      '-clientport',
      '-hostip',
      '-hostport',
      '-ip',
      '-port',
      '-sport',
      '-steamport',
      '-strictportbind',
      '-tv_port',
      '+sport',
      '+steamport',
    ],
  ),
  ...remedied('left4me starts, watches and restarts the server itself. Leave this argument out.', [
    '-basedir',
    '-console',
    '-dedicated',
    '-fork',
    '-game',
    '-help',
    '-ignoresigint',
    '-insert_search_path',
    '-norestart',
    '-notrap',
    '-pidfile',
    '-restart',
    '-textmode',
    '-timeout',
  ]),
  ...remedied('left4me updates the shared installation. An admin does it on the installation page.', [
    '-autoupdate',
    '-beta',
    '-steam_dir',
    '-steambin',
    '-steamcmd_script',
    '-steamerr',
    '-steampass',
    '-steamuser',
    '-verify_all',
  ]),
  ...remedied('It would run another program, or write to files beside the game. Leave this argument out.', [
    '-binary',
    '-conclearlog',
    '-condebug',
    '-consolelog',
    '-debug',
    '-debuglog',
    '-gdb',
  ]),
  ...remedied('It opens a second way into the console. Talk to the server through its console page.', [
    '-netconport',
    '-netconpassword',
    '-netconmaxconnections',
    '-rcon_password',
    '-usercon',
  ]),
}

/** A launch argument that isn't taken, and where it stands. */
export interface ArgumentRefusal extends Refusal {
  readonly index: number
}

/** The arguments that aren't taken. Each one's characters were checked by the contract's schema already. */
export function refusedArguments(launchArguments: readonly string[]): ArgumentRefusal[] {
  const refused: ArgumentRefusal[] = []
  let index = 0
  for (const group of groupsOf(launchArguments)) {
    const [first = '', ...values] = group.words
    const refusal = refusalOfGroup(group) ?? refusalOfPattern(group)
    if (refusal) refused.push({ ...refusal, index })
    else if (first.startsWith('+') || values.some(value => value.includes('+'))) {
      // The engine begins a new command at any `+`, also within a word.
      const commands = group.words.join(' ').split('+').slice(1)
      const found = commands.map(command => refusalOf(command)).find(each => each !== null)
      if (found) refused.push({ ...found, index })
    }
    index += group.words.length
  }
  return refused
}

/**
 * The arguments that a server starts with. One that the server names replaces the blueprint's of the same name with its
 * values, since the engine takes the first of several `-` arguments; what only one of them names stays, the blueprint's first.
 * `+exec` adds up.
 */
export function mergeArguments(blueprint: readonly string[], server: readonly string[]): string[] {
  const own = groupsOf(server)
  const replaced = new Set(own.map(group => group.name).filter(name => name !== '' && name !== '+exec'))
  const kept = groupsOf(blueprint).filter(group => !replaced.has(group.name))
  return [...kept, ...own].flatMap(group => group.words)
}

function groupsOf(words: readonly string[]): ArgumentGroup[] {
  const groups: { name: string; words: string[] }[] = []
  for (const word of words) {
    const last = groups.at(-1)
    // `-1` is a value.
    if (/^(?:\+.|-\D)/.test(word)) groups.push({ name: word.toLowerCase(), words: [word] })
    else if (last) last.words.push(word)
    else groups.push({ name: '', words: [word] })
  }
  return groups
}

function refusalOfGroup({ name }: ArgumentGroup): Refusal | null {
  // `-port=1` and `--port` are read as other names by the engine, but nobody means anything else by them.
  const plain = name.replace(/^--+/, '-').replace(/=.*$/s, '')
  const remedy = Object.hasOwn(reservedSwitches, plain) ? reservedSwitches[plain] : undefined
  if (remedy === undefined) return null
  return {
    code: 'reserved-setting',
    setting: plain,
    message: `“${plain}” is set by left4me. ${remedy}`,
  }
}

/** srcds_run is a shell script that expands its arguments: a pattern would become the names of files. */
function refusalOfPattern({ words }: ArgumentGroup): Refusal | null {
  const pattern = words.find(word => /[*?[\]]/.test(word))
  if (pattern === undefined) return null
  return {
    code: 'invalid-input',
    setting: pattern,
    message: `“${pattern}” holds a character that srcds_run's shell expands (* ? [ ]). Put the setting into the config instead.`,
  }
}

function remedied(remedy: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map(name => [name, remedy]))
}
