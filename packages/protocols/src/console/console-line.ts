/**
 * What a line of a server's own console output says about its health. Lines are hints, never proof: a player may bear
 * any name, and chat is printed as `NAME: TEXT`. Readiness is an RCON or A2S answer; a crash is the process's end.
 */
export const consoleObservationKinds = [
  'ready-hint',
  'loading',
  'hibernating',
  'steam-connected',
  'steam-lost',
  'vac-enabled',
  'vac-disabled',
  'out-of-date',
  'crashed',
  'minidump',
  'restarting',
  'steamclient-missing',
  'libraries-missing',
  'program-missing',
  'port-taken',
  'bad-vpk',
  'wrong-architecture',
  'map-missing',
  'configuration-missing',
  'rcon-banned',
] as const
export type ConsoleObservationKind = (typeof consoleObservationKinds)[number]

export interface ConsoleObservation {
  readonly kind: ConsoleObservationKind
  /** One sentence for a person. */
  readonly message: string
  /** What to do about it; null where nothing has to be done. */
  readonly remedy: string | null
  /** The file, map, port or address that the line names. */
  readonly subject: string | null
}

interface Rule {
  /** Text that every matching line holds: most lines hold none, and are done with quickly. */
  readonly needle: string
  readonly pattern: RegExp
  /** Finds the subject where it isn't the pattern's group. */
  readonly subject?: RegExp
  readonly kind: ConsoleObservationKind
  readonly message: string
  readonly remedy?: string
}

const ready: readonly Rule[] = [
  {
    needle: 'Steam servers successful',
    pattern: /^Connection to Steam servers successful\.$/,
    kind: 'ready-hint',
    message: 'Steam accepted the server: it is probably ready.',
  },
  {
    needle: 'Reconnected to Steam',
    pattern: /^Reconnected to Steam servers\.?$/,
    kind: 'steam-connected',
    message: 'The connection to Steam is back.',
  },
  {
    needle: 'Host_NewGame on map',
    pattern: /^Host_NewGame on map (\S{1,64})$/,
    kind: 'loading',
    message: 'The server is loading a map.',
  },
  {
    needle: 'Server is hibernating',
    pattern: /^Server is hibernating$/,
    kind: 'hibernating',
    message: 'The server sleeps until somebody joins.',
  },
  {
    needle: 'VAC secure mode is activated',
    pattern: /^\s{0,8}VAC secure mode is activated\.$/,
    kind: 'vac-enabled',
    message: 'VAC is on.',
  },
  {
    needle: 'VAC secure mode',
    pattern: /^\s{0,8}VAC secure mode (?:is )?disabled\.$/,
    kind: 'vac-disabled',
    message: 'VAC is off.',
    remedy: 'Remove -insecure from the arguments if that was not meant.',
  },
]

const steamRemedy =
  'Players on the server can go on. If it lasts, check that the machine can reach Steam; a server that stays out of the list has to be restarted.'
const updateRemedy = 'Update the game, which servers may run through, and restart the server with it.'
const outOfDate = {
  kind: 'out-of-date',
  message: 'Steam says that the server is out of date; players may be unable to join.',
  remedy: updateRemedy,
} as const

const steam: readonly Rule[] = [
  {
    needle: 'to Steam servers',
    pattern: /^(?:Connection to Steam servers lost\b|Could not establish connection to Steam servers\b)/,
    kind: 'steam-lost',
    message: 'The server has no connection to Steam and is missing from the server list.',
    remedy: steamRemedy,
  },
  { needle: 'MasterRequestRestart', pattern: /^MasterRequestRestart$/, ...outOfDate },
  {
    needle: 'receive the latest update',
    pattern: /^Your server needs to be restarted in order to receive the latest update\.$/,
    ...outOfDate,
  },
  {
    needle: 'server is out of date',
    pattern: /^Your server is out of date\.\s{1,4}Please update and restart\.$/,
    ...outOfDate,
  },
]

const crashRemedy =
  'Look at the lines before; if it comes back, take away the plugins and addons that were added last.'
/** Where a shell reports for a script: `./srcds_run: line 363: 12345 `. */
const shellPrefix = String.raw`^(?:\S{1,300}: (?:line )?\d{1,6}: +(?:\d{1,10} )?)?`

const crashes: readonly Rule[] = [
  {
    needle: 'Wrote minidump to: /',
    pattern: /^Wrote minidump to: (\/.{1,500})$/,
    kind: 'minidump',
    message: 'The server crashed and wrote a minidump.',
    remedy: crashRemedy,
  },
  ...['Segmentation fault', 'Aborted', 'Bus error', 'Illegal instruction', 'Floating point exception'].map(
    (needle): Rule => ({
      needle,
      pattern: new RegExp(`${shellPrefix}${needle} *(?:\\(core dumped\\).*)?$`),
      kind: 'crashed',
      message: 'The server crashed.',
      remedy: crashRemedy,
    }),
  ),
  {
    needle: ': Server restart in ',
    pattern: /^.{1,100}: Server restart in \d{1,4} seconds$/,
    kind: 'restarting',
    message: 'srcds_run restarts the crashed server.',
    remedy: 'Start servers with -norestart, so that their supervisor sees crashes.',
  },
]

const librariesRemedy =
  'Install the 32-bit libraries lib32gcc-s1 and lib32stdc++6; the i386 architecture has to be enabled for that.'

const missingParts: readonly Rule[] = [
  {
    needle: 'steamclient.so: cannot open',
    pattern: /^(\/\S{1,400}steamclient\.so): cannot open shared object file: No such file or directory$/,
    kind: 'steamclient-missing',
    message: 'steamclient.so is missing, so that the server crashes or is not listed.',
    remedy:
      'Copy or link linux32/steamclient.so of steamcmd to .steam/sdk32/steamclient.so in the home folder of the user that runs the server.',
  },
  {
    needle: 'error while loading shared libraries: ',
    pattern: /^(?:\S{1,400}: )?error while loading shared libraries: (\S{1,200}): /,
    kind: 'libraries-missing',
    message: 'A 32-bit library is missing.',
    remedy: librariesRemedy,
  },
  {
    // Also said of a program that exists, when its 32-bit loader doesn't.
    needle: 'srcds_linux: ',
    pattern: new RegExp(
      `${shellPrefix}(?:exec: )?(\\S{0,300}srcds_linux): (?:not found|No such file or directory|cannot execute: required file not found)$`,
    ),
    kind: 'program-missing',
    message: "The game's program could not be started: it, or the machine's 32-bit loader, is missing.",
    remedy: `${librariesRemedy} If the program itself is missing, repair the installation with an update.`,
  },
  {
    needle: "couldn't exec ",
    pattern: /^exec: couldn't exec (valve\.rc|server\.cfg)$/,
    kind: 'configuration-missing',
    message: 'A configuration file of the game is missing.',
    remedy: 'A layer hides the folder cfg, or the installation is incomplete: repair it with an update.',
  },
  {
    needle: ' not found',
    pattern: /^(?:changelevel|map load) failed: (\S{1,64}) not found/,
    kind: 'map-missing',
    message: 'The server does not have this map.',
    remedy: 'Check its spelling, and that the campaign is among the layers of the server.',
  },
]

const portTaken = {
  kind: 'port-taken',
  message: 'Another program holds the port of this server.',
  remedy: 'Stop that program, or give the server another port.',
} as const

const broken: readonly Rule[] = [
  {
    // Half-Life's own words; newer engines say “any server IP port”.
    needle: "Couldn't allocate ",
    pattern:
      /^(?:FATAL ERROR \(shutting down\): )?Couldn't allocate (?:dedicated server IP port (\d{1,5})|any server IP port)/,
    ...portTaken,
  },
  {
    needle: 'Address already in use',
    pattern: /^WARNING: (?:UDP|NET)_OpenSocket: (?:port: (\d{1,5}) +)?bind: Address already in use/,
    ...portTaken,
  },
  {
    needle: 'CPackedStore',
    pattern: /^(?:(?:FATAL )?(?:error|warning)(?: \(shutting down\))?: )?CPackedStore\b/i,
    subject: /(\S{1,200}\.vpk)\b/,
    kind: 'bad-vpk',
    message: 'An addon is no valid VPK.',
    remedy:
      'Remove the addon that was added last, or fetch it again; archives (zip, rar) have to be unpacked first.',
  },
  {
    needle: ': wrong ELF class: ELFCLASS64',
    pattern: /(\S{1,200}): wrong ELF class: ELFCLASS64\b/,
    kind: 'wrong-architecture',
    message: 'A 64-bit plugin cannot be loaded by the 32-bit server.',
    remedy:
      'If it is Metamod, delete addons/metamod_x64.vdf; otherwise fetch the 32-bit build of the plugin.',
  },
  {
    needle: ' for rcon hacking attempts',
    pattern: /^Banning (\d{1,3}(?:\.\d{1,3}){3}) for rcon hacking attempts$/,
    kind: 'rcon-banned',
    message: 'The server banned an address for wrong RCON passwords.',
    remedy: 'If it is ours: removeip with that address in the console, then set the right password.',
  },
]

/** Each matches from the start of a line, so that `NAME: TEXT` of a player's chat rarely does. */
const rules: readonly Rule[] = [...ready, ...steam, ...crashes, ...missingParts, ...broken]

/** Longer lines are none of the known ones. */
const maxLineLength = 2000

/** What a console line means for the server's health; null for everything else, also for known harmless noise. */
export function readConsoleLine(line: string): ConsoleObservation | null {
  if (line.length > maxLineLength) return null
  // With -fork, each child's lines bear its number: `#03:MasterRequestRestart`.
  const text = line.replace(/^#\d{1,3}:/, '').trimEnd()
  for (const rule of rules) {
    const match = text.includes(rule.needle) ? rule.pattern.exec(text) : null
    if (match === null) continue
    const subject = rule.subject === undefined ? match[1] : rule.subject.exec(text)?.[1]
    return { kind: rule.kind, message: rule.message, remedy: rule.remedy ?? null, subject: subject ?? null }
  }
  return null
}
