import { quoteConsoleArgument } from '../../src/console/command.ts'
import { readConsoleLine } from '../../src/console/console-line.ts'
import { parseCvarList } from '../../src/console/cvar-list.ts'
import { parseSourceModPlugins } from '../../src/console/plugins.ts'
import { parseStats } from '../../src/console/stats.ts'
import { parseStatus } from '../../src/console/status.ts'
import { parseUsers } from '../../src/console/users.ts'
import { check, type FuzzCodec, magnitude, textCodec } from '../codec.ts'

const statusHeader = `hostname: fixture
version : 2.2.4.3 10097 secure  (unknown)
udp/ip  : 192.0.2.1:27015 [ public 203.0.113.3:27015 ]
os      : Linux Dedicated
map     : c2m1_highway at ( -1, -2, 3 )
players : 2 humans, 0 bots (12 max) (not hibernating) (reserved 186000000d26f34)

# userid name uniqueid connected ping loss state rate adr
`

const status = textCodec(
  'status',
  [
    `${statusHeader}#  2 1 "Sir.Q" STEAM_1:0:526000001 00:48 29 0 active 100000 198.51.100.85:27005\n# 3 "Rochelle" BOT active\n#end\n`,
    `${statusHeader.replaceAll('\n', '\r\n')}# 5 2 "x" STEAM_1:0:1 00:10 50 0 active 30000 198.51.100.1:5" STEAM_1:1:7 1:01:00 20 0 spawning 30000 loopback\r\n#end`,
  ],
  [
    '"',
    '#end',
    ' STEAM_1:1:7 ',
    ' BOT active',
    'players : 0 humans, 0 bots (4 max)',
    '\n',
    'map     : ',
    '# 1 2 "',
    '00:01',
  ],
  text => {
    const report = parseStatus(text)
    check(!report.complete || text.includes('#end'), 'Complete without an end.')
    check(
      report.players.every(
        player => player.bot === (player.uniqueId === 'BOT') && !player.name.includes('\n'),
      ),
      'A row that is none.',
    )
    return [
      report.complete,
      magnitude(report.players.length),
      report.hibernating,
      report.reservedFor !== null,
      magnitude(report.otherLines),
    ].join(' ')
  },
)

const lists = textCodec(
  'console-lists',
  [
    'CPU    In (KB/s)  Out (KB/s)  Uptime  Map changes  FPS      Players  Connects\n0.00   0.00       0.00        5093    7            62.44    0        1\n',
    '<slot:userid:"name">\n0:2:"a"b""\n1:3:"Ellis"\n2 users\n',
    '[SM] Listing 2 plugins:\n  1 "Admin Menu" (1.11.0.6905) by AlliedModders LLC\n  2 <Failed> broken.smx\nErrors:\nbroken.smx (x): reason\n',
    'cvar list\n--------------\nsv_cheats : 0 : , "sv", "nf" : Allow\nsay : cmd : : x\n--------------\n  2 total convars/concommands\n',
  ],
  [
    'CPU',
    'FPS',
    ' : ',
    ', "sv"',
    '" (',
    '" by ',
    'Errors:',
    '.smx',
    ' users',
    ' total convars/concommands',
    '\n',
  ],
  text => {
    const users = parseUsers(text)
    const plugins = parseSourceModPlugins(text)
    const cvars = parseCvarList(text)
    return [
      parseStats(text) !== null,
      users.complete,
      magnitude(users.users.length),
      plugins?.complete,
      magnitude(plugins?.plugins.length ?? 0),
      cvars.complete,
      magnitude(cvars.entries.length),
    ].join(' ')
  },
)

const lines = textCodec(
  'console-line',
  [
    'Connection to Steam servers successful.',
    '   VAC secure mode is activated.',
    '#03:MasterRequestRestart',
    './srcds_run: line 363: 12345 Segmentation fault      (core dumped) $HL_CMD',
    'Wed Jan 27 07:30:06 UTC 2016: Server restart in 10 seconds',
    'Wrote minidump to: /srv/x.dmp',
    "FATAL ERROR (shutting down): Couldn't allocate dedicated server IP port 27015.",
    './srcds_linux: error while loading shared libraries: libstdc++.so.6: cannot open shared object file: No such file or directory',
    'CPackedStore: bad directory in addons/broken.vpk',
    'Banning 198.51.100.9 for rcon hacking attempts',
  ],
  [
    'Ellis: ',
    'srcds_linux: ',
    ': ',
    'not found',
    '(core dumped)',
    'changelevel failed: x not found',
    '.vpk',
    '#01:',
  ],
  text => {
    const observation = readConsoleLine(text)
    check(observation === null || text.includes(observation.subject ?? ''), 'A subject from nowhere.')
    return observation === null ? 'none' : `${observation.kind} ${observation.subject !== null}`
  },
)

const quoting = textCodec(
  'console-quote',
  ['hello', 'STEAM_1:0:1'],
  ['"', ';', '\n', '\r', '\0', '//', '\u007f'],
  text => {
    const quoted = quoteConsoleArgument(text)
    check(/^"[^"\r\n\0;]*"$/.test(quoted), 'The quotes can be left.')
    return magnitude(quoted.length)
  },
)

export const consoleCodecs: readonly FuzzCodec[] = [status, lists, lines, quoting]
