import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { consoleObservationKinds, readConsoleLine } from './console-line.ts'

const kinds = (text: string) =>
  text
    .split('\n')
    .map(line => readConsoleLine(line)?.kind)
    .filter(kind => kind !== undefined)

describe('a normal start', () => {
  test('is loading, hibernating and the ready hint, without a problem among its noise', () => {
    const lines = `Server will auto-restart if there is a crash.
#Using breakpad minidump system
Setting breakpad minidump AppID = 222860
#Console initialized.
# failed to dlopen /home/steam/l4d2/left4dead2_dlc3/bin/server_srv.so error=(null)
#Game_srv.so loaded for "Left 4 Dead 2"
Server is hibernating
ConVarRef test_progression_loop doesn't point to an existing ConVar
[S_API] SteamAPI_Init(): SteamAPI_IsSteamRunning() did not locate a running instance of Steam.
[S_API FAIL] SteamAPI_Init() failed; create pipe failed.
Parent cvar in server.dll not allowed (spit_scaling_min_scale)
exec: couldn't exec banned_user.cfg
maxplayers set to 18
Network: IP 127.0.1.1, mode MP, dedicated Yes, ports 27015 SV / 0 CL
---- Host_NewGame ----
Host_NewGame on map c4m1_milltown_a
Executing dedicated server config file
Connection to Steam servers successful.
   VAC secure mode is activated.`
    expect(kinds(lines)).toEqual(['hibernating', 'loading', 'ready-hint', 'vac-enabled'])
    expect(readConsoleLine('Host_NewGame on map c4m1_milltown_a')?.subject).toBe('c4m1_milltown_a')
  })
})

describe('failures', () => {
  test.each([
    ['MasterRequestRestart', 'out-of-date'],
    ['#03:MasterRequestRestart', 'out-of-date'],
    ['Your server needs to be restarted in order to receive the latest update.', 'out-of-date'],
    ['Your server is out of date.  Please update and restart.', 'out-of-date'],
    ['Connection to Steam servers lost.  (Result = 3)', 'steam-lost'],
    ['Could not establish connection to Steam servers.  (Result = 16)', 'steam-lost'],
    ['Segmentation fault (core dumped)', 'crashed'],
    ['./srcds_run: line 363: 12345 Segmentation fault      (core dumped) $HL_CMD', 'crashed'],
    ['Segmentation fault', 'crashed'],
    ['Wed Jan 27 07:30:06 UTC 2016: Server restart in 10 seconds', 'restarting'],
    ['mardi 23 juin 2015, 05:19:34 (UTC+0200): Server restart in 10 seconds', 'restarting'],
    ["Couldn't allocate dedicated server IP port 27015.", 'port-taken'],
    ["FATAL ERROR (shutting down): Couldn't allocate dedicated server IP port 27015.", 'port-taken'],
    ['WARNING: UDP_OpenSocket: port: 27015  bind: Address already in use', 'port-taken'],
    ["Couldn't allocate any server IP port", 'port-taken'],
    ['changelevel failed: c9m9_nowhere not found', 'map-missing'],
    ['Banning 198.51.100.9 for rcon hacking attempts', 'rcon-banned'],
    ["exec: couldn't exec valve.rc", 'configuration-missing'],
    ['CPackedStore::CPackedStore: /srv/l4d2/left4dead2/addons/broken.vpk is not a valid VPK', 'bad-vpk'],
    [
      './srcds_linux: error while loading shared libraries: libstdc++.so.6: cannot open shared object file: No such file or directory',
      'libraries-missing',
    ],
    ['./srcds_run: line 318: ./srcds_linux: No such file or directory', 'program-missing'],
    ['./srcds_run: 1: exec: ./srcds_linux: not found', 'program-missing'],
    [
      '/home/steam/.steam/sdk32/steamclient.so: cannot open shared object file: No such file or directory',
      'steamclient-missing',
    ],
  ])('are known, each with a remedy: %s', (line, kind) => {
    const observation = readConsoleLine(line)
    expect(observation?.kind).toBe(kind)
    expect(observation?.message).toMatch(/\.$/)
    expect(observation?.remedy).toMatch(/\.$/)
  })

  test('name what they are about', () => {
    const subject = (line: string) => readConsoleLine(line)?.subject
    expect(subject('Wrote minidump to: /srv/l4d2/dumps/78ce1d83.dmp')).toBe('/srv/l4d2/dumps/78ce1d83.dmp')
    expect(subject("Couldn't allocate dedicated server IP port 27015.")).toBe('27015')
    expect(subject('Banning 198.51.100.9 for rcon hacking attempts')).toBe('198.51.100.9')
    expect(subject('CPackedStore: bad directory in addons/broken.vpk')).toBe('addons/broken.vpk')
  })
})

test.each([
  'Ellis: Connection to Steam servers successful.',
  'Ellis: Segmentation fault (core dumped)',
  'Console: Server is hibernating',
  'Ellis: Your server is out of date.  Please update and restart.',
  'Wrote minidump to: nowhere',
  'Ellis: CPackedStore is broken.vpk',
  '',
])('chat and lookalikes are no observation: %s', line => {
  expect(readConsoleLine(line)).toBeNull()
})

test('any line is an observation or none, also one of megabytes', () => {
  const pieces = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'CPackedStore',
      'Segmentation fault',
      ': ',
      'line 1',
      '.vpk',
      'srcds_linux',
      'bind: Address already in use',
    ),
  )
  fc.assert(
    fc.property(fc.array(pieces), parts => {
      const observation = readConsoleLine(parts.join(''))
      if (observation !== null) expect(consoleObservationKinds).toContain(observation.kind)
    }),
  )
  expect(readConsoleLine(`${'CPackedStore '.repeat(200_000)}x`)).toBeNull()
})
