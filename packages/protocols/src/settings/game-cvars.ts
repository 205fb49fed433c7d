import { readCvarTable } from './cvar.ts'

/** Mode and difficulty, rules of rounds, physics, the Director. */
export const gameCvars = readCvarTable(`
mp_gamemode|t|coop|||Mode: coop, realism, versus, scavenge, survival, or a mutation such as mutation4 or community1.
z_difficulty|t|Normal|||Difficulty: Easy, Normal, Hard (Advanced) or Impossible (Expert).
mp_friendlyfire|b|?|||Left over from older games; the difficulty’s survivor_friendly_fire_factor_ decides instead.
mp_allowspectators|b|1|||Players may watch without playing.
mp_autoteambalance|b|1|||Left over from older games.
mp_disable_autokick|b|0|||Players who do nothing, or hit their own team, are not thrown out.
mp_falldamage|b|0|||Left over from older games.
mp_flashlight|b|1|||Survivors have a flashlight.
mp_footsteps|b|1|||Steps can be heard.
mp_forcecamera|i|1|0..2||What the dead may watch: 0 everybody, 1 their team, 2 only where they died.
mp_timelimit|i|0|0..||Minutes that a map lasts; campaigns don’t use it.
mp_maxrounds|i|0|0..||Rounds that a map lasts; campaigns don’t use it.
mp_roundlimit|i|?|0..||Rounds of scavenge that are played.
mp_restartgame|i|0|0..||Begins the round anew after this many seconds.
vs_max_team_switches|i|1|0..||How often a player may change the team in a map of versus.
vs_tank_damage|i|24|0..|c|Damage of a Tank’s punch in versus.
versus_tank_chance|d|1|0..1|c|How likely a chapter of versus has a Tank.
versus_witch_chance|d|1|0..1|c|How likely a chapter of versus has a Witch.
versus_tank_chance_intro|d|?|0..1|c|How likely the first chapter of versus has a Tank.
versus_tank_chance_finale|d|?|0..1|c|How likely the finale of versus has a Tank before it begins.
versus_witch_chance_intro|d|?|0..1|c|How likely the first chapter of versus has a Witch.
versus_witch_chance_finale|d|?|0..1|c|How likely the finale of versus has a Witch.
versus_tank_flow_team_variation|d|?|0..1|c|How far apart the Tank of both teams may be on the way through a chapter.
versus_boss_flow_min|d|?|0..1|c|Where in a chapter of versus a Tank or Witch may come at the earliest.
versus_boss_flow_max|d|?|0..1|c|Where in a chapter of versus a Tank or Witch may come at the latest.
versus_round_restarttimer|d|60|0..|c|Seconds between the two rounds of a chapter of versus.
versus_force_start_time|d|?|0..|c|Seconds after which a round of versus begins though survivors haven’t left the safe room.
versus_marker_num|i|4|0..|c|Marks on the way of a chapter that tell how far the team came.
versus_shove_hunter_fov|d|?|0..360|c|Angle within which a shove hits a Hunter in versus.
scavenge_round_initial_time|d|90|0..|c|Seconds on the clock when a round of scavenge begins.
scavenge_item_respawn_delay|d|20|0..|c|Seconds until a broken gas can comes back.
scavenge_round_restart_delay|d|15|0..|c|Seconds between two rounds of scavenge.
scavenge_match_finished_delay|d|6|0..|c|Seconds that the outcome of scavenge is shown.
sv_gravity|d|800|||How strongly things fall.
sv_accelerate|d|5|||How quickly players come to speed.
sv_airaccelerate|d|10|||How far players can steer in the air.
sv_friction|d|4|||How quickly players stop.
sv_maxspeed|d|320|||Highest speed of a player.
sv_stepsize|d|18|||Height of a step that players walk up.
sv_stopspeed|d|75|||Speed below which players stop.
sv_maxvelocity|d|?|||Highest speed that anything moves with, on each axis.
sv_footsteps|b|1|||Steps can be heard.
sv_glowenable|b|1|||Things and friends glow through walls.
sv_disable_glow_survivors|b|0||c|Survivors don’t glow for their team.
sv_disable_glow_faritems|b|0||c|Items that are far away don’t glow.
sv_infinite_ammo|b|0||c|Weapons are never empty.
god|b|0||c|Nobody can be hurt.
sv_force_time_of_day|i|?|-1..|c|Light of the map: -1 as made, else one of the game’s times of day.
sv_permawipe|b|0||c|Nobody who died is rescued from a closet.
director_no_bosses|b|0||c|The Director makes no Tank and no Witch.
director_no_mobs|b|0||c|The Director makes no hordes.
director_no_specials|b|0||c|The Director makes no special infected.
director_no_survivor_bots|b|0||c|No bots fill the team of survivors.
director_no_death_check|b|0||c|The round goes on when all survivors are down.
director_ready_duration|d|?|0..|c|Seconds before a round of versus begins.
director_afk_timeout|d|45|0..|c|Seconds of doing nothing after which a player is made a spectator.
director_allow_infected_bots|b|1||c|Bots play special infected in versus where players are missing.
director_must_create_all_scavenge_items|b|0||c|All gas cans of a map are there from the beginning.
director_transition_timeout|d|25|0..|c|Seconds that a change of the map waits for players.
director_build_up_min_interval|d|?|0..|c|Seconds that the Director lets tension grow at least.
director_sustain_peak_min_time|d|3|0..|c|Seconds that a fight is kept at its height at least.
director_sustain_peak_max_time|d|5|0..|c|Seconds that a fight is kept at its height at most.
director_relax_min_interval|d|30|0..|c|Seconds of rest after a fight at least.
director_relax_max_interval|d|45|0..|c|Seconds of rest after a fight at most.
director_relax_max_flow_travel|d|?|0..|c|How far survivors may go until their rest ends early.
director_special_respawn_interval|d|?|0..|c|Seconds until a special infected comes again.
director_special_initial_spawn_delay_min|d|?|0..|c|Seconds at least before the first special infected.
director_special_initial_spawn_delay_max|d|?|0..|c|Seconds at most before the first special infected.
director_tank_lottery_selection_time|d|?|0..|c|Seconds until it is drawn which player becomes the Tank.
director_tank_lottery_entry_time|d|?|0..|c|Seconds in which players may enter the draw for the Tank.
director_panic_forever|b|0||c|A panic event never ends.
director_force_tank|b|0||c|The Director makes a Tank where it may.
director_force_witch|b|0||c|The Director makes a Witch where it may.
director_finale_stage_delay|d|?|0..|c|Seconds between the parts of a finale.
director_pain_pill_density|d|?|0..|c|Pain pills for an area of the map.
director_ammo_density|d|?|0..|c|Ammunition piles for an area of the map.
director_molotov_density|d|?|0..|c|Molotovs for an area of the map.
director_pipe_bomb_density|d|?|0..|c|Pipe bombs for an area of the map.
director_vomitjar_density|d|?|0..|c|Jars of bile for an area of the map.
director_defibrillator_density|d|?|0..|c|Defibrillators for an area of the map.
director_adrenaline_density|d|?|0..|c|Adrenaline for an area of the map.
intensity_averaged_following_decay|d|20|0..|c|Seconds in which the team’s tension fades after a fight.
intensity_decay_time|d|20|0..|c|Seconds in which a survivor’s tension fades.
intensity_lock|d|-1|-1..1|c|Holds the tension at this value; -1 lets it change.
`)
