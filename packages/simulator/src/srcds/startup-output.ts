import { gameFacts } from '../game-facts.ts'

/** One piece of the start: what is printed, and when within the simulated loading (0 to 1). */
export interface StartupStep {
  readonly at: number
  readonly lines: readonly string[]
}

/** Up to the game library: before anything listens. */
export function earlyOutput(root: string): StartupStep[] {
  const missing = ['dlc3', 'dlc2', 'dlc1'].map(
    dlc => `# failed to dlopen ${root}/left4dead2_${dlc}/bin/matchmaking_ds_srv.so error=(null)`,
  )
  return [
    {
      at: 0,
      lines: [
        `This is a ${gameFacts.simulated} ${gameFacts.title} server: nobody can really play on it.`,
        'Using breakpad minidump system',
        `Setting breakpad minidump AppID = ${gameFacts.serverAppId}`,
        'Forcing breakpad minidump interfaces to load',
        'Looking up breakpad interfaces from steamclient',
        'Calling BreakpadMiniDumpSystemInit',
        'Using breakpad crash handler',
        '#',
        '#Console initialized.',
      ],
    },
    { at: 0.1, lines: missing.flatMap(line => [line, '']) },
    {
      at: 0.25,
      lines: [
        `#Game_srv.so loaded for "${gameFacts.title}"`,
        'Server is hibernating',
        "ConVarRef test_progression_loop doesn't point to an existing ConVar",
        '[S_API] SteamAPI_Init(): SteamAPI_IsSteamRunning() did not locate a running instance of Steam.',
        '[S_API FAIL] SteamAPI_Init() failed; create pipe failed.',
        'Parent cvar in server.dll not allowed (spit_scaling_min_scale)',
        'Game supporting (2) split screen players',
      ],
    },
  ]
}

export const missingSteamclient = `dlopen failed trying to load:
/home/steam/.steam/sdk32/steamclient.so
with error:
/home/steam/.steam/sdk32/steamclient.so: cannot open shared object file: No such file or directory
`

/** What a shell says about a 32-bit program whose loader is missing: the file is there, and yet it isn't. */
export const missingLibraries = './srcds_run: line 322: ./srcds_linux: No such file or directory\n'
