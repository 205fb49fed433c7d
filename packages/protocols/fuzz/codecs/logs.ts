import { readLogLine } from '../../src/logs/log-line.ts'
import { stripLogEcho } from '../../src/rcon/log-echo.ts'
import { SteamcmdReader } from '../../src/steamcmd/steamcmd-reader.ts'
import { check, type FuzzCodec, magnitude, textCodec } from '../codec.ts'

const stamp = 'L 12/26/2011 - 02:14:29: '
const speaker = '"Pulse<8><STEAM_1:1:7><Survivor>" say "'

const logLines = textCodec(
  'log-line',
  [
    `${stamp}Log file started (file "logs/L1.log") (game "/srv/l4d2") (version "4777")`,
    `${stamp}Loading map "c4m2_sugarmill_a"`,
    `${stamp}Started map "c4m2_sugarmill_a" (CRC "-431283537")`,
    `${stamp}server_cvar: "sv_alltalk" "0"`,
    `${stamp}"Nick<34><BOT><>" connected, address "none"`,
    `${stamp}"Pulse<8><STEAM_1:1:41900001><Survivor>" say "gl hf"`,
    `${stamp}"Pulse<8><STEAM_1:1:41900001><Survivor><Producer><ALIVE><100+0><setpos_exact 3617.36 -1739.69 294.53; setang 0.00 179.84 0.00><Area 205>" killed "infected<552><><Infected><infected><DEAD><0><setpos_exact 4831.17 -3989.32 104.81; setang 0.00 288.65 0.00><Area 792>" with "smg" (headshot)`,
    `${stamp}rcon from "198.51.100.9:51234": command "status"`,
    `${stamp}"A<1><BOT><Infected>" disconnected (reason "x")${stamp}World triggered "Round_Start"`,
  ],
  [
    stamp,
    '<9><STEAM_1:1:9><Survivor>" ',
    '<1><BOT><>" ',
    'say "',
    'changed name to "',
    '" with "',
    '>" ',
    '<',
    '>',
    '"',
    ' (dead)',
  ],
  text => {
    const lines = readLogLine(text)
    check(lines.length <= 1 + text.length / stamp.length, 'More lines than text.')
    checkChat(text.replace(/[\r\n]/g, ''))
    return lines
      .slice(0, 4)
      .map(line => `${line.event.kind}${line.ambiguous ? '?' : ''}`)
      .join(' ')
  },
)

/** Whatever a person says, it stays what that person said. */
function checkChat(said: string): void {
  const [line, ...more] = readLogLine(`${stamp}${speaker}${said}"`)
  const event = line?.event
  const kept = event?.kind === 'chat' && event.text === said && event.player.userId === 8
  check(kept && more.length === 0, 'Chat became something else.')
}

const logEcho = textCodec(
  'log-echo',
  [`answer\n${stamp}rcon from "1.2.3.4:5": command "a"\n`],
  [`${stamp}rcon from "1.2.3.4:5": command "a"`, '\n', '\r'],
  text => {
    const stripped = stripLogEcho(text, 'a')
    check(text.startsWith(stripped), 'Something else than the end was removed.')
    return magnitude(text.length - stripped.length)
  },
)

const steamcmd = textCodec(
  'steamcmd',
  [
    "Loading Steam API...OK\nConnecting anonymously to Steam Public...OK\n Update state (0x61) downloading, progress: 12.34 (1198343 / 9710287462)\nSuccess! App '222860' fully installed.\n",
    ' Update state (0x101) committing, progress: 50,00 (5 / 10)\r\n[  5%] Downloading update (2,950 of 57,477 KB)...\r[----] Update complete, launching Steamcmd...\n',
    "ERROR! Failed to install app '222860' (Missing configuration)\nError! App '222860' state is 0x202 after update job.\n",
    'Success. Downloaded item 1 to "/srv/1" (1 bytes)\nERROR! Timeout downloading item 2\nERROR! Download item 3 failed (File Not Found).\nFAILED (Rate Limit Exceeded)\n',
  ],
  [
    "Success! App '222860' fully installed.",
    'progress: ',
    '(0 / 0)',
    '-nan',
    '\r',
    '\n',
    '\u001b[0m',
    'Steam>',
    '0x6A6',
    '%',
  ],
  text => {
    const asked = { appId: 222_860, items: ['1'] }
    const atOnce = new SteamcmdReader(asked)
    const events = atOnce.push(text)
    let fraction = 0
    for (const event of events) {
      if (event.kind !== 'progress') continue
      check(event.fraction >= fraction && event.fraction <= 1, 'Progress ran backwards.')
      fraction = event.fraction
    }
    const inPieces = new SteamcmdReader(asked)
    for (let at = 0; at < text.length; at += 9) inPieces.push(text.slice(at, at + 9))
    const result = atOnce.finish(0)
    check(JSON.stringify(result) === JSON.stringify(inPieces.finish(0)), 'The pieces made a difference.')
    const kinds = [...new Set(events.map(event => event.kind))].join('+')
    return `${result.succeeded} ${result.problem?.code} ${magnitude(result.items.length)} ${kinds}`
  },
)

export const logCodecs: readonly FuzzCodec[] = [logLines, logEcho, steamcmd]
