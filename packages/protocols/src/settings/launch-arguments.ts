/** A launch argument of srcds_run or of the engine, as somebody who runs a server wants it explained. */
export interface LaunchArgumentDescription {
  /** With its sign, lower case. A `+` argument is any console command or cvar; here are those that belong on a command line. */
  readonly name: string
  /** What follows it; null: nothing. */
  readonly value: string | null
  /** One sentence. */
  readonly description: string
  /** left4me sets it, or can't let it be given. */
  readonly reserved: boolean
}

/** `name|value|description`; an empty value: nothing follows. */
const open = `
+map|map|Map that the server begins with.
+mp_gamemode|mode|Mode that the first map begins in; must stand before +map.
+exec|file|Runs a file of the folder cfg once the server is up.
+sv_lan|0 or 1|1: a server for the local network only.
+sv_gametypes|modes|Modes, separated by commas, that a lobby may start on this server.
+sv_region|number|Part of the world that the server browser lists it under; 255 is everywhere.
+sv_password|text|Players must type this to join.
+sv_pure|0, 1 or 2|How strictly players’ files must match the server’s.
+sv_search_key|text|Lobbies with the same key find this server first.
+sv_steamgroup|numbers|Steam groups whose members find the server in their list.
+z_difficulty|level|Difficulty: Easy, Normal, Hard or Impossible.
+fps_max|number|Frames that the server computes in a second at most.
+maxplayers|number|Places for players, as a command; -maxplayers is the usual way.
+tv_enable|0 or 1|Switches SourceTV on.
-maxplayers|number|Places for players: 4 in campaigns and 8 in versus, more only with a plugin such as l4dtoolz.
-tickrate|number|Ticks a second; the game keeps 30 unless a plugin such as tickrate_enabler is there.
-insecure||Switches VAC off: the server is open to cheats, and players don’t need to be secure.
-secure||Keeps VAC on, which is the default.
-nomaster||The server isn’t listed in the server browser.
-nobreakpad||Sends no report to Valve when the server crashes.
-nocrashdialog||Shows no window when the server crashes.
-nohltv||Leaves SourceTV out.
-nobots||Leaves out what bots need.
-threads|number|Threads that the engine’s pool has.
-heapsize|KiB|Memory that the engine asks for at its start.
-dev||Starts with developer messages.
-nowatchdog||The engine doesn’t stop itself when a frame takes too long.
-num_edicts|number|Things that a map may have, for very large maps.
-sv_pure|0, 1 or 2|How strictly players’ files must match the server’s.
-addons||Loads what lies in the folder addons, which is the default.
-noaddons||Loads nothing of the folder addons.
-language|language|Language of the game’s texts.
`

const reserved = `
-game|folder|Folder of the game; always left4dead2.
-console||Starts without a window; always so.
-ip|address|Address that the server listens on.
-port|number|Port that the server listens on; it is in the server’s settings.
-hostport|number|Port that the server listens on; it is in the server’s settings.
-hostip|address|Address that the server listens on.
-clientport|number|Port of the engine’s own client.
-steamport|number|Port that the server talks to Steam on.
-sport|number|Port that the server talks to Steam on.
-tv_port|number|Port of SourceTV.
-strictportbind||Ends when the port is taken instead of taking the next one; always so.
-norestart||srcds_run doesn’t start the server again when it ends; left4me does.
-restart||srcds_run starts the server again when it ends; left4me does.
-timeout|seconds|How long srcds_run waits before it starts the server again.
-pidfile|file|File that the process number is written to.
-fork|number|Starts several servers from one process.
-notrap||srcds_run doesn’t catch signals.
-ignoresigint||The server doesn’t end when it is asked to.
-textmode||Runs the game without pictures.
-dedicated||Runs as a server.
-basedir|folder|Folder of the installation.
-insert_search_path|folders|Further folders that files are looked for in; overlays do that.
-autoupdate||srcds_run updates the game before each start; left4me updates the shared installation.
-beta|name|Branch of the game that steamcmd loads.
-steam_dir|folder|Where steamcmd is.
-steamcmd_script|file|Script that steamcmd runs to update the game.
-steambin|file|Program that updates the game.
-steamuser|name|Account that the game is updated with.
-steampass|text|Password of that account.
-verify_all||Checks all files while the game is updated.
-binary|file|Another program instead of the game’s.
-gdb|file|Debugger that a crash is looked at with.
-debug||Runs the server in a debugger and keeps its memory when it crashes.
-debuglog|file|File that srcds_run writes about crashes.
-condebug||Writes the console into a file of the game’s folder.
-conclearlog||Empties that file at each start.
-consolelog|file|Writes the console into this file.
-netconport|number|Port of a second way into the console.
-netconpassword|text|Password of a second way into the console.
-usercon||A second way into the console.
+ip|address|Address that the server listens on.
+hostport|number|Port that the server listens on; it is in the server’s settings.
+clientport|number|Port of the engine’s own client.
+tv_port|number|Port of SourceTV.
+rcon_password|text|Password of the remote console; left4me makes one for each server.
+servercfgfile|file|File that is run at each start of a map; left4me writes server.cfg.
+log|on or off|Whether the server logs; left4me needs the log.
+quit||Ends the server; the buttons do that.
`

/** By name, those that can be given first. */
export const launchArguments: readonly LaunchArgumentDescription[] = [
  ...readTable(open, false),
  ...readTable(reserved, true),
]

function readTable(text: string, isReserved: boolean): LaunchArgumentDescription[] {
  return text
    .trim()
    .split('\n')
    .map(line => {
      const [name = '', value = '', description, ...more] = line.split('|')
      if (!/^[+-][a-z_]+$/.test(name) || !description || more.length > 0) {
        throw new TypeError(`Not a row of the table of launch arguments: ${line}`)
      }
      return { name, value: value === '' ? null : value, description, reserved: isReserved }
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}
