import { gameFacts } from '../game-facts.ts'
import { officialMaps } from '../official-maps.ts'

/** A file of the simulated game, path relative to the game's root. */
export type TreeFile = {
  readonly path: string
  readonly executable?: boolean
} & ({ readonly content: string } | { readonly copyOf: string })

const notice = "A stand-in of the left4me simulator; the real file is Valve's and is not part of it.\n"

/** `steam.inf`: the `Simulated` line is what tells this installation from a real one. */
function steamInf(patchVersion: string): string {
  return `PatchVersion=${patchVersion}\nProductName=${gameFacts.gameFolder}\nappID=${gameFacts.gameAppId}\nServerAppID=${gameFacts.serverAppId}\nSimulated=1\n`
}

const gameInfo = `"GameInfo"
{
	game		"Left 4 Dead 2"
	type		multiplayer_only
	FileSystem
	{
		SteamAppId		550
		ToolsAppId		211
		SearchPaths
		{
			Game				update
			Game				left4dead2_dlc3
			Game				left4dead2_dlc2
			Game				left4dead2_dlc1
			Game				|gameinfo_path|.
			Game				hl2
		}
	}
}
`

/** What every platform shares: the content. */
export function contentFiles(patchVersion: string): TreeFile[] {
  const inGame = (path: string, content: string): TreeFile => ({
    path: `${gameFacts.gameFolder}/${path}`,
    content,
  })
  return [
    inGame('gameinfo.txt', gameInfo),
    ...officialMaps.map(map => inGame(`maps/${map}.bsp`, `VBSP simulated ${map}\n`)),
    ...missions(),
    inGame('cfg/valve.rc', '// executed at start\nexec autoexec.cfg\nstuffcmds\n'),
    inGame('cfg/autoexec.cfg', '// once, at start\n'),
    inGame('cfg/addonconfig.cfg', ''),
    inGame('cfg/coop.cfg', '// cvars for coop\n'),
    inGame('cfg/versus.cfg', '// cvars for versus\n'),
    inGame('cfg/survival.cfg', '// cvars for survival\n'),
    inGame('cfg/scavenge.cfg', '// cvars for scavenge\n'),
    inGame('cfg/realism.cfg', '// cvars for realism\n'),
    inGame('motd.txt', 'A simulated Left 4 Dead 2 server.\n'),
    inGame('host.txt', 'A simulated Left 4 Dead 2 server.\n'),
    inGame('addons/readme.txt', 'Addons (.vpk) go here.\n'),
    inGame('scripts/gamemodes.txt', '"GameModes.txt"\n{\n}\n'),
    inGame('pak01_dir.vpk', notice),
    { path: 'hl2/pak01_dir.vpk', content: notice },
    { path: 'hl2/cfg/valve.rc', content: '' },
    { path: 'platform/readme.txt', content: notice },
    // Last: who finds it finds a whole game.
    inGame('steam.inf', steamInf(patchVersion)),
  ]
}

/** One mission file a campaign; chapters in the order of play. */
function missions(): TreeFile[] {
  const campaigns = Map.groupBy(officialMaps, map => /^c(\d+)m/.exec(map)?.[1] ?? '')
  return [...campaigns].map(([number, maps]) => {
    const chapters = maps.map(
      (map, index) =>
        `\t\t\t"${index + 1}"\n\t\t\t{\n\t\t\t\t"Map"\t"${map}"\n\t\t\t\t"DisplayName"\t"#L4D360UI_LevelName_COOP_C${number}M${index + 1}"\n\t\t\t}\n`,
    )
    const modes = ['coop', 'versus'].map(mode => `\t\t"${mode}"\n\t\t{\n${chapters.join('')}\t\t}\n`)
    return {
      path: `${gameFacts.gameFolder}/missions/campaign${number}.txt`,
      content: `"mission"\n{\n\t"Name"\t"L4D2C${number}"\n\t"Version"\t"1"\n\t"Author"\t"Valve"\n\t"BuiltIn"\t"1"\n\t"DisplayTitle"\t"#L4D360UI_CampaignName_C${number}"\n\t"modes"\n\t{\n${modes.join('')}\t}\n}\n`,
    }
  })
}

/** What the Windows pass brings besides. */
export function windowsFiles(): TreeFile[] {
  return ['srcds.exe', 'bin/engine.dll', 'bin/dedicated.dll', 'bin/tier0.dll'].map(path => ({
    path,
    content: notice,
  }))
}

/** What the Linux pass brings besides the programs themselves. */
export function linuxFiles(): TreeFile[] {
  return [
    'bin/engine_srv.so',
    'bin/dedicated_srv.so',
    'bin/libtier0_srv.so',
    'bin/libvstdlib_srv.so',
    `${gameFacts.gameFolder}/bin/server_srv.so`,
    'linux32/steamclient.so',
  ].map(path => ({ path, content: notice }))
}
