import type { SwitchTable, SwitchValues } from '../switch-table.ts'

/** Every way in which a simulated srcds can be made to misbehave. The reference is docs/reference/simulator.md. */
export const srcdsSwitches = {
  seed: { kind: 'number', initial: 0, help: 'Everything random follows from this number; 0 takes the port.' },
  'boot-ms': {
    kind: 'number',
    initial: 200,
    help: 'How long it pretends to load, in ms, beyond what the program needs.',
  },
  'map-load-ms': {
    kind: 'number',
    initial: 150,
    help: 'How long a map change takes, in ms. Queries and RCON wait.',
  },
  'map-waits-for-player': {
    kind: 'flag',
    initial: false,
    help: 'While it hibernates, map and changelevel wait until somebody joins.',
  },
  'exit-ms': { kind: 'number', initial: 0, help: 'How long ending takes after quit or a signal, in ms.' },

  players: { kind: 'number', initial: 2, help: 'Players there on average; 0 for none.' },
  'player-interval-ms': {
    kind: 'number',
    initial: 20000,
    help: 'Time between two arrivals or departures, in ms.',
  },
  names: {
    kind: 'text',
    initial: 'plain',
    choices: ['plain', 'hostile'],
    help: 'Names and chat; the hostile ones imitate status rows, log lines and commands.',
  },
  lobby: { kind: 'flag', initial: false, help: 'It is reserved by a matchmaking lobby.' },
  'status-cut': { kind: 'flag', initial: false, help: 'status ends in the middle, without #end.' },
  'status-noise': { kind: 'flag', initial: false, help: 'Lines of plugins stand between those of status.' },
  sourcemod: { kind: 'flag', initial: false, help: 'SourceMod and Metamod are there: sm, meta, sm_cvar.' },
  'cvarlist-rows': {
    kind: 'number',
    initial: 0,
    help: 'Further rows of cvarlist; the real list has about 3500.',
  },

  'a2s-challenge': {
    kind: 'text',
    initial: 'once',
    choices: ['once', 'none', 'twice', 'always'],
    help: 'What a query is answered with: a challenge once, never, a second one to the first answer, or for ever.',
  },
  'a2s-loss': { kind: 'number', initial: 0, help: 'Percentage of reply datagrams that get lost.' },
  'a2s-duplicate': { kind: 'number', initial: 0, help: 'Percentage of reply datagrams that come twice.' },
  'a2s-reorder': {
    kind: 'flag',
    initial: false,
    help: 'The datagrams of a split reply come last one first.',
  },
  'a2s-mix': {
    kind: 'flag',
    initial: false,
    help: 'Between the datagrams of a split reply come those of another one, with another id.',
  },
  'a2s-delay-ms': { kind: 'number', initial: 0, help: 'How late replies are sent, in ms.' },
  'a2s-silent': { kind: 'flag', initial: false, help: 'No query is answered.' },
  'a2s-silent-when-empty': {
    kind: 'flag',
    initial: false,
    help: 'No query is answered while it hibernates, as some builds do.',
  },
  'a2s-rules': { kind: 'number', initial: -1, help: 'How many rules RULES lists; -1 for all.' },
  'a2s-cut-rules': { kind: 'flag', initial: false, help: 'The last rule is cut in the middle.' },
  'a2s-player-rows': {
    kind: 'number',
    initial: -1,
    help: 'Rows that PLAYER lists, however many play; -1 for the true number.',
  },
  'a2s-player-count': {
    kind: 'number',
    initial: -1,
    help: "PLAYER's count, whatever it lists; -1 for the true one.",
  },
  'a2s-compressed': {
    kind: 'flag',
    initial: false,
    help: 'Split replies claim to be bzip2 of a gigabyte, which they are not.',
  },
  'a2s-garbage': { kind: 'flag', initial: false, help: 'Replies are cut off in the middle of a field.' },

  'rcon-auth-segments': {
    kind: 'text',
    initial: 'together',
    choices: ['together', 'separate'],
    help: 'Whether the two frames that answer a password share a TCP segment.',
  },
  'rcon-no-empty-frame': {
    kind: 'flag',
    initial: false,
    help: 'The empty frame before the answer to a password is left out.',
  },
  'rcon-no-mirror': { kind: 'flag', initial: false, help: 'An empty frame of type 0 is not mirrored.' },
  'rcon-banned': { kind: 'flag', initial: false, help: 'Every address is banned: accepted, then closed.' },
  'rcon-early': {
    kind: 'text',
    initial: 'refuse',
    choices: ['refuse', 'close'],
    help: 'What a command before the password gets: id -1, or a closed connection.',
  },
  'rcon-map-reply': {
    kind: 'text',
    initial: 'empty',
    choices: ['empty', 'none', 'close'],
    help: 'What map and changelevel answer.',
  },
  'rcon-quit-reply': {
    kind: 'text',
    initial: 'close',
    choices: ['empty', 'close'],
    help: 'What quit answers before the connection ends.',
  },
  'rcon-log-tail': {
    kind: 'flag',
    initial: false,
    help: 'Replies end with the log line about their own command.',
  },
  'rcon-delay-ms': { kind: 'number', initial: 0, help: 'How late commands are answered, in ms.' },
  'rcon-cut': { kind: 'flag', initial: false, help: 'The connection closes in the middle of a reply.' },
  'rcon-segment-bytes': {
    kind: 'number',
    initial: 0,
    help: 'Replies trickle in TCP segments of so many bytes; 0 for whole ones.',
  },
  'rcon-late-tail': {
    kind: 'flag',
    initial: false,
    help: 'The frame 00 01 00 00 after a mirror comes 30 ms late: after the next request, perhaps.',
  },
  'rcon-size-lies': { kind: 'flag', initial: false, help: 'Replies declare a size of two gigabytes.' },
  'rcon-absent': { kind: 'flag', initial: false, help: 'RCON is not listened for: connections are refused.' },
  'rcon-on-host-address': {
    kind: 'flag',
    initial: false,
    help: 'Without -ip, RCON listens on 127.0.1.1 only, as on a Debian whose host name means that.',
  },

  crash: {
    kind: 'text',
    initial: 'segfault',
    choices: ['segfault', 'minidump', 'abort', 'killed', 'exit', 'exit-1', 'bad-vpk'],
    help: 'How it crashes: by a signal (with the text about a minidump, over a bad VPK), or by exit code 0 or 1.',
  },
  'crash-on-bad-vpk': {
    kind: 'flag',
    initial: false,
    help: 'A file in addons/ that is named .vpk and is none makes it crash at every start, instead of being skipped.',
  },
  'crash-after-ms': {
    kind: 'number',
    initial: -1,
    help: 'When it crashes, in ms after its start; -1 for never.',
  },
  'hang-after-ms': {
    kind: 'number',
    initial: -1,
    help: 'When it hangs, in ms after its start: the process stays, nothing answers, SIGINT is ignored; -1 for never.',
  },
  'never-ready': {
    kind: 'flag',
    initial: false,
    help: 'It stays at “Server is hibernating”, without RCON and queries, as without valve.rc.',
  },
  'ignore-signals': {
    kind: 'flag',
    initial: false,
    help: 'quit, SIGINT and SIGTERM have no effect: only SIGKILL ends it.',
  },
  'port-taken': { kind: 'flag', initial: false, help: 'It acts as if its port were taken.' },
  'steamclient-missing': {
    kind: 'flag',
    initial: false,
    help: 'steamclient.so is missing: the loader says so, then it crashes.',
  },
  'libraries-missing': {
    kind: 'flag',
    initial: false,
    help: 'The 32-bit libraries are missing: “No such file or directory”, exit 127.',
  },
  'update-after-ms': {
    kind: 'number',
    initial: -1,
    help: 'When Valve tells it to update, in ms after its start; repeated. -1 for never.',
  },
  'steam-lost-after-ms': {
    kind: 'number',
    initial: -1,
    help: 'When it loses Steam for a while, in ms after its start; -1 for never.',
  },
  'fork-prefix': {
    kind: 'text',
    initial: '',
    help: 'What stands before every console line, such as #03: with -fork.',
  },
  'lines-per-second': {
    kind: 'number',
    initial: 0,
    help: 'Numbered console lines with the time (ms since 1970), so many each second.',
  },

  'log-run-together': {
    kind: 'flag',
    initial: false,
    help: 'Every third log line misses its line end, as under load.',
  },
  'log-broken-text': { kind: 'flag', initial: false, help: 'Some log lines hold bytes that are no UTF-8.' },
  'log-to-loopback': {
    kind: 'flag',
    initial: false,
    help: 'Log frames are delivered to loopback addresses too, which the engine refuses.',
  },
} as const satisfies SwitchTable

export type SrcdsSwitches = SwitchValues<typeof srcdsSwitches>
