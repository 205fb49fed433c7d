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
  'metamod-wrong-architecture',
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
  readonly pattern: RegExp
  readonly kind: ConsoleObservationKind
  readonly message: string
  readonly remedy?: string
}

const sdkRemedy =
  'Copy or link linux32/steamclient.so of steamcmd to .steam/sdk32/steamclient.so in the home folder of the user that runs the server.'
const updateRemedy = 'Stop every server of this installation, update it, and start them again.'
const steamRemedy =
  'Players on the server can go on. If it lasts, check that the machine can reach Steam; a server that stays out of the list has to be restarted.'
const crashRemedy =
  'Look at the lines before; if it comes back, take away the plugins and addons that were added last.'

/** Each pattern matches a whole line, so that `NAME: TEXT` of a player's chat rarely does. A group is the subject. */
const rules: readonly Rule[] = [
  {
    pattern: /^Connection to Steam servers successful\.$/,
    kind: 'ready-hint',
    message: 'Steam accepted the server: it is probably ready.',
  },
  {
    pattern: /^Reconnected to Steam servers\.?$/,
    kind: 'steam-connected',
    message: 'The connection to Steam is back.',
  },
  {
    pattern: /^Host_NewGame on map (\S{1,64})$/,
    kind: 'loading',
    message: 'The server is loading a map.',
  },
  {
    pattern: /^Server is hibernating$/,
    kind: 'hibernating',
    message: 'The server sleeps until somebody joins.',
  },
  {
    pattern: /^(?:Connection to Steam servers lost\b.*|Could not establish connection to Steam servers\b.*)$/,
    kind: 'steam-lost',
    message: 'The server has no connection to Steam and is missing from the server list.',
    remedy: steamRemedy,
  },
  { pattern: /^\s*VAC secure mode is activated\.$/, kind: 'vac-enabled', message: 'VAC is on.' },
  {
    pattern: /^\s*VAC secure mode (?:is )?disabled\.$/,
    kind: 'vac-disabled',
    message: 'VAC is off.',
    remedy: 'Remove -insecure from the arguments if that was not meant.',
  },
  {
    pattern:
      /^(?:MasterRequestRestart|Your server needs to be restarted in order to receive the latest update\.|Your server is out of date\.\s+Please update and restart\.)$/,
    kind: 'out-of-date',
    message: 'Steam says that the server is out of date; players may be unable to join.',
    remedy: updateRemedy,
  },
  {
    pattern: /^Wrote minidump to: (\/.{1,500})$/,
    kind: 'minidump',
    message: 'The server crashed and wrote a minidump.',
    remedy: crashRemedy,
  },
  {
    pattern:
      /^(?:.{0,300}: (?:line )?\d{1,6}: *\d{1,10} )?(?:Segmentation fault|Aborted|Bus error|Illegal instruction|Floating point exception|Killed)(?: *\(core dumped\))?(?: .{0,300})?$/,
    kind: 'crashed',
    message: 'The server crashed.',
    remedy: crashRemedy,
  },
  {
    pattern: /^.{1,100}: Server restart in \d{1,4} seconds$/,
    kind: 'restarting',
    message: 'srcds_run restarts the crashed server.',
    remedy: 'Start servers with -norestart, so that their supervisor sees crashes.',
  },
  {
    pattern: /^(\/\S{1,400}steamclient\.so): cannot open shared object file: No such file or directory$/,
    kind: 'steamclient-missing',
    message: 'steamclient.so is missing, so that the server crashes or is not listed.',
    remedy: sdkRemedy,
  },
  {
    pattern:
      /^(?:\S{1,400}: )?error while loading shared libraries: (\S{1,200}): (?:cannot open shared object file: No such file or directory|wrong ELF class: \S+)$/,
    kind: 'libraries-missing',
    message: 'A 32-bit library is missing.',
    remedy:
      'Install the 32-bit libraries: lib32gcc-s1 and lib32stdc++6 (with the i386 architecture enabled).',
  },
  {
    // The shell and the loader say this of a program that exists when its 32-bit loader doesn't.
    pattern:
      /^(?:.{0,300}: )?(?:line )?(?:\d{1,6}: )?(?:exec: )?(\S{0,400}srcds_(?:linux|i486|amd)): (?:not found|No such file or directory|cannot execute: required file not found)$/,
    kind: 'program-missing',
    message: "The game's program could not be started: it, or the machine's 32-bit loader, is missing.",
    remedy:
      'Install lib32gcc-s1 and lib32stdc++6; if the program itself is missing, repair the installation with an update.',
  },
  {
    pattern:
      /^(?:FATAL ERROR \(shutting down\): )?(?:Couldn't allocate dedicated server IP port (\d{1,5})\.?|WARNING: UDP_OpenSocket: (?:bind: |unable to bind to )?.{0,100}|.{0,60}bind: Address already in use.{0,60})$/,
    kind: 'port-taken',
    message: 'Another program holds the port of this server.',
    remedy: 'Stop that program, or give the server another port.',
  },
  {
    pattern: /^(?:.{0,200}\b)?CPackedStore\b.{0,300}?(\S{1,200}\.vpk)?.{0,100}$/,
    kind: 'bad-vpk',
    message: 'An addon is no valid VPK.',
    remedy:
      'Remove the addon that was added last, or fetch it again; archives (zip, rar) have to be unpacked first.',
  },
  {
    pattern:
      /^(?:.{0,200}\b)?(metamod_x64\.vdf|metamod\.2\.\S{1,20}|server\.so): wrong ELF class: ELFCLASS64\b.{0,100}$/,
    kind: 'metamod-wrong-architecture',
    message: 'A 64-bit plugin cannot be loaded by the 32-bit server.',
    remedy: 'Delete addons/metamod_x64.vdf.',
  },
  {
    pattern: /^(?:changelevel|map load) failed: (\S{1,64}) not found(?: or invalid)?\.?$/,
    kind: 'map-missing',
    message: 'The server does not have this map.',
    remedy: 'Check its spelling, and that the campaign is among the layers of the server.',
  },
  {
    pattern: /^(?:exec: couldn't exec|.{0,100}couldn't exec) (valve\.rc|server\.cfg)$/,
    kind: 'configuration-missing',
    message: 'A configuration file of the game is missing.',
    remedy: 'A layer hides the folder cfg, or the installation is incomplete: repair it with an update.',
  },
  {
    pattern: /^Banning (\d{1,3}(?:\.\d{1,3}){3}) for rcon hacking attempts$/,
    kind: 'rcon-banned',
    message: 'The server banned an address for wrong RCON passwords.',
    remedy: 'If it is ours: removeip with that address in the console, then set the right password.',
  },
]

/** Longer lines are none of the known ones. */
const maxLineLength = 2000

/** What a console line means for the server's health; null for everything else, also for known harmless noise. */
export function readConsoleLine(line: string): ConsoleObservation | null {
  if (line.length > maxLineLength) return null
  // With -fork, each child's lines bear its number: `#03:MasterRequestRestart`.
  const text = line.replace(/^#\d{1,3}:/, '').trimEnd()
  for (const rule of rules) {
    const match = rule.pattern.exec(text)
    if (match === null) continue
    return {
      kind: rule.kind,
      message: rule.message,
      remedy: rule.remedy ?? null,
      subject: match[1] ?? null,
    }
  }
  return null
}
