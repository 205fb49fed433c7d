import { readCvarTable } from './cvar.ts'

/** Who may join, how the server is found, voice, votes and files. */
export const serverCvars = readCvarTable(`
hostname|t|?|||Name of the server in the server browser; left4me sets it to the server’s name.
sv_password|t||||Players must type this to join; empty lets everybody in.
sv_lan|b|0|||A server for the local network only: not listed, players are not checked by Steam.
sv_cheats|b|0|||Allows cheat commands and lets cheat cvars be changed; players on such a server earn no achievements.
sv_region|i|-1|-1..255||Part of the world that the server browser lists it under: 0 US east, 1 US west, 2 South America, 3 Europe, 4 Asia, 5 Australia, 6 Middle East, 7 Africa, 255 everywhere.
sv_tags|t||||Words, separated by commas, that players can filter servers by.
sv_gametypes|t|coop,realism,survival,versus,scavenge,dash,holdout,shootzones|||Modes, separated by commas, that a lobby may start on this server.
sv_steamgroup|t||||Numbers of Steam groups, separated by commas, whose members find the server in their list.
sv_steamgroup_exclusive|i|0|0..2||1: members of the Steam group only, others may join once somebody plays; 2: never others.
sv_search_key|t||||Lobbies with the same key find this server first.
sv_allow_lobby_connect_only|b|1|||Players come only through a matchmaking lobby; 0 lets them join by address.
sv_visiblemaxplayers|i|-1|-1..||Number of places that the server browser is told; -1 tells the true one.
sv_hibernate_when_empty|b|1|||Does almost nothing while nobody is connected.
sv_contact|t||||Address that players may write to about the server.
sv_consistency|b|1|||Left over from older games, without effect on current ones; some configs still set it.
sv_pure|i|?|0..2||How strictly players’ files must match the server’s: 0 not at all, 1 except for what is allowed, 2 all.
sv_pure_kick_clients|b|1|||Players whose files don’t match are thrown out; 0 only warns them.
sv_pausable|b|0|||Players may pause the game.
sv_alltalk|b|0|||Both teams hear each other.
sv_voiceenable|b|1|||Players may talk by voice.
sv_voicecodec|t|?|||Codec that voices are sent with.
sv_downloadurl|t||||Address of a web server that players load missing files from.
sv_allowdownload|b|1|||Players may load missing files from this server.
sv_allowupload|b|1|||Players may send their own sprays to this server.
sv_filetransfermaxbytes|i|?|0..||Largest file, in bytes, that is sent through the game’s own connection.
sv_unlockedchapters|i|1|||Chapters that players may begin a campaign with.
sv_timeout|d|65|0..||Seconds of silence after which a player counts as gone.
sv_rcon_log|b|1|||Every remote console command is written into the log.
sv_logflush|b|0|||Writes each line of the log file at once, which is slow.
sv_log_onefile|b|0|||One log file for all maps.
sv_logbans|b|0|||Bans are written into the log.
sv_logsdir|t|logs|||Folder of the log files, below the game’s.
mp_logdetail|i|0|0..3||Hits are logged: 0 none, 1 between the teams, 2 within a team, 3 all.
motdfile|t|motd.txt|||File with the message that players see when they join.
hostfile|t|host.txt|||File with the banner that players see.
mapcyclefile|t|?|||File with the order of maps; campaigns don’t use it.
sv_vote_creation_timer|d|180|0..||Seconds that a player waits between two votes that they call.
sv_vote_failure_timer|d|300|0..||Seconds before a vote that failed may be called again.
sv_vote_timer_duration|d|?|0..||Seconds that players have to vote.
sv_vote_issue_kick_allowed|b|1|||Players may vote somebody out.
sv_vote_issue_restart_game_allowed|b|1|||Players may vote to begin the campaign anew.
sv_vote_issue_change_map_now_allowed|b|?|||Players may vote for another map.
sv_vote_issue_change_mission_allowed|b|?|||Players may vote for another campaign.
sv_vote_issue_change_difficulty_allowed|b|?|||Players may vote for another difficulty.
sv_vote_kick_ban_duration|i|?|0..||Minutes for which a player who was voted out can’t come back; 0: they may at once.
sv_maxplayers|i|?|-1..||Places for players beyond the game’s own; only with the extension l4dtoolz.
sv_force_unreserved|b|?|||Keeps the server from being reserved by lobbies; only with the extension l4dtoolz.
tv_enable|b|0|||Switches SourceTV on, which shows the game to viewers.
tv_name|t|?|||Name of the SourceTV host.
tv_title|t|?|||Title that viewers see.
tv_delay|d|?|0..||Seconds that SourceTV is behind the game.
tv_maxclients|i|?|0..255||Viewers that SourceTV takes.
tv_autorecord|b|?|||SourceTV records every map.
`)
