import { readCvarTable } from './cvar.ts'

/** Rates, queries, frames and what makes a server feel quick or slow. */
export const networkCvars = readCvarTable(`
fps_max|d|300|0..||Frames that the server computes in a second at most; 0: as many as it can.
sv_minrate|i|5000|0..||Bytes a second that a player’s connection gets at least; 0: no limit.
sv_maxrate|i|30000|0..||Bytes a second that a player’s connection gets at most; 0: no limit.
sv_mincmdrate|i|0|0..||Updates a second that a player sends at least; 0: no limit.
sv_maxcmdrate|i|40|0..||Updates a second that a player sends at most; only when sv_mincmdrate is above 0.
sv_minupdaterate|i|10|0..||Updates a second that a player gets at least.
sv_maxupdaterate|i|60|0..||Updates a second that a player gets at most.
sv_client_min_interp_ratio|d|1|||Lowest interpolation that players may choose, in updates; -1: as they like.
sv_client_max_interp_ratio|d|5|||Highest interpolation that players may choose, in updates.
sv_client_predict|i|1|-1..1||Whether players predict their own movement: 1 always, 0 never, -1 as they like.
sv_client_cmdrate_difference|i|20|0..||How far the rate of a player’s commands may be from that of their updates.
sv_unlag|b|1|||Shots count where the shooter saw the target, not where it is on the server.
sv_maxunlag|d|1|0..1||Seconds that a shot may be set back in time.
sv_parallel_sendsnapshot|b|?|||Sends to several players at the same time on several cores.
sv_parallel_packentities|b|?|||Packs what players are sent on several cores.
sv_forcepreload|b|0|||Players load a map’s files before it begins.
sv_maxusrcmdprocessticks|i|16|0..||Movement commands of a player that are taken in one tick, against speed cheats; 0: all.
sv_alternateticks|b|0|||Computes two ticks in one frame, for weak machines.
net_splitpacket_maxrate|i|15000|1000..||Bytes a second at which large packets are sent in parts.
net_splitrate|i|1|1..||Parts of a large packet that are sent in one frame.
net_maxroutable|i|1200|576..1260||Size, in bytes, beyond which a packet is split.
sv_max_queries_sec|d|3.0|0..||Queries a second that one address is answered.
sv_max_queries_sec_global|d|60|0..||Queries a second that are answered in all.
sv_max_queries_window|d|30|1..||Seconds over which queries are counted.
nb_update_frequency|d|0.1|0..|c|Seconds between two decisions of bots, common infected and special infected; less is smoother and costs more.
nb_update_framelimit|d|?|0..|c|Milliseconds of a frame that decisions of bots and infected may take.
host_timescale|d|1.0|0..|c|How fast time goes.
developer|i|0|0..2||How much the engine says for those who make maps and plugins.
sv_stressbots|b|0|||Bots are treated like players when the server is put to a test.
heartbeat_interval|d|?|0..||Seconds between two messages to Steam’s server list.
sv_clockcorrection_msecs|d|?|0..||Milliseconds that a player’s clock may be off before it is corrected.
sv_lagcompensationforcerestore|b|1|||Players that were set back in time for a shot are always put back.
`)
