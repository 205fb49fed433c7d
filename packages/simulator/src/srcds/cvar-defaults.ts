export interface CvarDefinition {
  readonly name: string
  readonly initial: string
  /** As the engine prints them under a cvar. `notify` puts it into the A2S rules. */
  readonly flags: readonly string[]
  readonly help: string
}

/** name|initial value|flags|help */
const described = `
hostname|Left 4 Dead 2||Hostname for server.
rcon_password|||remote console password.
rcon_address|||Address of remote server if sending unconnected rcon commands (format x.x.x.x:p)
sv_password||notify|Server password for entry into multiplayer games
sv_lan|0||Server is a lan server ( no heartbeat, no authentication, no non-class C addresses )
sv_cheats|0|notify replicated|Allow cheats on server
sv_region|-1||The region of the world to report this server in.
sv_tags|||Server tags. Used to provide extra information to clients when they're browsing for servers. Separate tags with a comma.
sv_gametypes|coop,realism,survival,versus,scavenge,dash,holdout,shootzones|notify|Only allow specified game types
sv_steamgroup||notify|The ID of the steam group that this server belongs to. You can find your group's ID on the admin profile page in the steam community.
sv_steamgroup_exclusive|0|notify|If set, only members of Steam group will be able to join the server when it's empty, public people will be able to join the server only if it has players.
sv_search_key|||When searching for a dedicated server from lobby, restrict search to only dedicated servers having the same sv_search_key.
sv_allow_lobby_connect_only|1||If set, players may only join this server from matchmaking lobby, may not connect directly.
sv_consistency|1|replicated|Legacy variable with no effect!  This was deleted and then added as a temporary kludge to prevent players from being banned by servers running old versions of SMAC
sv_pure_kick_clients|1||If set to 1, the server will kick clients with mismatching files. Otherwise, it will issue a warning to the client.
sv_alltalk|0|notify|Players can hear all other players, no team restrictions
sv_voiceenable|1|archive notify|
sv_visiblemaxplayers|-1||Overrides the max players reported to prospective clients
sv_hibernate_when_empty|1||Puts the server into extremely low CPU usage mode when no clients connected
sv_downloadurl||replicated|Location from which clients can download missing files
sv_allowdownload|1||Allow clients to download files
sv_allowupload|1||Allow clients to upload customizations files
sv_contact||notify|Contact email for server sysop
sv_minrate|5000||Min bandwidth rate allowed on server, 0 == unlimited
sv_maxrate|30000||Max bandwidth rate allowed on server, 0 == unlimited
sv_mincmdrate|0|replicated|This sets the minimum value for cl_cmdrate. 0 == unlimited.
sv_maxcmdrate|40|replicated|(If sv_mincmdrate is > 0), this sets the maximum value for cl_cmdrate.
sv_minupdaterate|10|replicated|Minimum updates per second that the server will allow
sv_maxupdaterate|60|replicated|Maximum updates per second that the server will allow
sv_max_queries_sec|3.0||Maximum queries per second to respond to from a single IP address.
sv_max_queries_sec_global|60||Maximum queries per second to respond to from anywhere.
sv_max_queries_window|30||Window over which to average queries per second averages.
sv_rcon_maxfailures|10||Max number of times a user can fail rcon authentication before being banned
sv_rcon_minfailures|5||Number of times a user can fail rcon authentication in sv_rcon_minfailuretime before being banned
sv_rcon_minfailuretime|30||Number of seconds to track failed rcon authentications
sv_rcon_banpenalty|0||Number of minutes to ban users who fail rcon authentication
sv_rcon_log|1||Enable/disable rcon logging.
sv_rcon_whitelist_address|||When set, rcon failed authentications will never ban this address, e.g. '127.0.0.1'
sv_logfile|1|archive|Log server information in the log file.
sv_logecho|1|archive|Echo log information to the console.
sv_logflush|0|archive|Flush the log file to disk on each write (slow).
sv_log_onefile|0|archive|Log server information to only one file.
sv_logbans|0|archive|Log server bans in the server logs.
sv_logsdir|logs|archive|Folder in the game directory where server logs will be stored.
sv_logsecret|0||If set then include this secret when doing UDP logging (will use 0x53 as packet type, not usual 0x52)
mp_logdetail|0||Logs attacks.  Values are: 0=off, 1=enemy, 2=teammate, 3=both)
mp_gamemode|coop|game notify replicated|Current game mode, acceptable values are coop, realism, versus and single_player.
z_difficulty|Normal|game notify replicated|Difficulty of the current game (Easy, Normal, Hard, Impossible)
servercfgfile|server.cfg||
motdfile|motd.txt||The MOTD file to load.
hostfile|host.txt||The HOST file to load.
fps_max|300||Frame rate limiter
nb_update_frequency|0.1|cheat|How often the NextBot updates
net_maxroutable|1200|archive|Requested max packet size before packets are 'split'.
net_splitpacket_maxrate|15000||Max bytes per second when queueing splitpacket chunks
host_timescale|1.0|cheat replicated|Prescale the clock by this amount.
developer|0||Set developer message level
sv_timeout|65||After this many seconds without a message from a client, the client is dropped
sv_force_unreserved|0||Servers with this flag stay unreserved (l4dtoolz)
sv_maxplayers|-1||Max human players (l4dtoolz)
tv_enable|0|notify|Activates SourceTV on server.
tv_port|27020||Host SourceTV port
tv_name|SourceTV||SourceTV host name
hostport|27015||Host game server port
ip|||Overrides IP for multihomed hosts
clientport|27005||Host game client port
heartbeat_interval|15||Seconds between heartbeats
director_no_specials|0|cheat|Disables the director's special infected.
survivor_limit|4|cheat|Maximum # of survivors
z_max_player_zombies|4|cheat|How many infected players there can be
`

/** name value: cvars that only matter because A2S_RULES lists them. */
const rulesOnly = `
adrenaline_backpack_hack 0;ammo_assaultrifle_max 360;ammo_autoshotgun_max 90;ammo_grenadelauncher_max 30;ammo_huntingrifle_max 150
ammo_shotgun_max 56;ammo_smg_max 650;ammo_sniperrifle_max 180;anim_showmainactivity 0;coop 0;cssold_enabled 0;deathmatch 1
decalfrequency 10;director_afk_timeout 45;director_allow_infected_bots 1;director_anger_rate 0.2;director_ingress_range 0
director_must_create_all_scavenge_items 0;director_relax_max_interval 45;director_relax_min_interval 30
director_sustain_peak_max_time 5;director_sustain_peak_min_time 3;director_transition_timeout 25;god 0
infinite_ammo 0;inferno_damage 40;intensity_averaged_following_decay 20;intensity_decay_time 20;intensity_lock -1
items_buffer_decay_rate 0.27;mp_allowspectators 1;mp_autocrosshair 1;mp_autoteambalance 1;mp_c4timer 45
mp_defaultteam 0;mp_disable_autokick 0;mp_fadetoblack 0;mp_falldamage 0;mp_flashlight 1;mp_footsteps 1;mp_forcecamera 1
mp_forcerespawn 1;mp_fraglimit 0;mp_friendlyfire 0;mp_limitteams 2;mp_maxrounds 0;mp_stalemate_enable 0
mp_teamlist hgrunt,scientist;mp_teamplay 0;mp_timelimit 0;mp_tournament 0;mp_weaponstay 0;mp_winlimit 0
music_intensity_factor 0.85;nav_hints 0;nb_friction_forward 0;pain_pills_decay_rate 0.27;pain_pills_health_threshold 99
r_AirboatViewDampenDamp 1.0;r_AirboatViewDampenFreq 7.0;r_AirboatViewZHeight 0.0;r_JeepViewDampenDamp 1.0
r_JeepViewDampenFreq 7.0;r_JeepViewZHeight 10.0;r_VehicleViewDampen 1;scavenge_item_respawn_delay 20
scavenge_match_finished_delay 6;scavenge_round_initial_time 90;scavenge_round_restart_delay 15;sv_accelerate 5
sv_airaccelerate 10;sv_alternateticks 0;sv_bounce 0;sv_client_cmdrate_difference 20;sv_client_max_interp_ratio 5
sv_client_min_interp_ratio 1;sv_client_predict 1;sv_disable_glow_faritems 0;sv_disable_glow_survivors 0
sv_footsteps 1;sv_forcepreload 0;sv_friction 4;sv_glowenable 1;sv_gravity 800;sv_infinite_ammo 0
sv_infected_ceda_vomitjar_probability 0.1;sv_infected_riot_control_tonfa_probability 0.05;sv_language 0
sv_lagcompensationforcerestore 1;sv_maxspeed 320;sv_maxusrcmdprocessticks 16;sv_noclipaccelerate 5;sv_noclipduringpause 0
sv_noclipspeed 5;sv_pausable 0;sv_permawipe 0;sv_rollangle 0;sv_rollspeed 200;sv_skyname sky_l4d_c1_1_hdr
sv_specaccelerate 5;sv_specnoclip 1;sv_specspeed 3;sv_stepsize 18;sv_stopspeed 75;sv_unlockedchapters 1
sv_vote_creation_timer 180;sv_vote_failure_timer 300;sv_vote_issue_kick_allowed 1;sv_vote_issue_restart_game_allowed 1
sv_wateraccelerate 10;sv_waterfriction 1;survivor_burn_factor_easy 0.2;survivor_burn_factor_expert 1
survivor_burn_factor_hard 0.4;survivor_burn_factor_normal 0.2;survivor_friendly_fire_factor_easy 0
survivor_friendly_fire_factor_expert 0.5;survivor_friendly_fire_factor_hard 0.3;survivor_friendly_fire_factor_normal 0.1
survivor_incap_health 300;survivor_revive_duration 5;survivor_revive_health 30;tank_burn_duration 75
tank_ground_pound_duration 1.5;tv_password 0;tv_relaypassword 0;versus_marker_num 4;versus_round_restarttimer 60
versus_tank_chance 1;versus_witch_chance 1;vs_max_team_switches 1;vs_tank_damage 24;witch_burn_time 15
z_charger_limit 1;z_common_limit 30;z_exploding_limit 1;z_gas_limit 1;z_ghost_delay_max 30;z_ghost_delay_min 20
z_hunter_limit 1;z_jockey_limit 1;z_mob_population_density 0.0064;z_smoker_limit 1;z_spawn_range 1500
z_spitter_limit 1;z_tank_health 4000;z_versus_boomer_limit 1;z_versus_charger_limit 1;z_versus_hunter_limit 1
z_versus_jockey_limit 1;z_versus_smoker_limit 1;z_versus_spitter_limit 1;z_witch_health 1000;z_witch_personal_space 144
`

export const cvarDefinitions: readonly CvarDefinition[] = [
  ...described
    .trim()
    .split('\n')
    .map(line => {
      const [name = '', initial = '', flags = '', help = ''] = line.split('|')
      return { name, initial, flags: flags === '' ? [] : flags.split(' '), help }
    }),
  ...rulesOnly
    .trim()
    .split(/[\n;]/)
    .map(entry => {
      const [name = '', initial = ''] = entry.split(' ')
      return { name, initial, flags: ['notify', 'replicated'], help: '' }
    }),
]
