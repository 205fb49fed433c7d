import { readCvarTable } from './cvar.ts'

/** Survivors, their bots, weapons and medicine. */
export const survivorCvars = readCvarTable(`
survivor_limit|i|4|1..|c|Survivors in the team.
survivor_max_incapacitated_count|i|2|0..|c|How often a survivor may go down before the next time is death.
survivor_incap_health|i|300|1..|c|Health of a survivor who is down.
survivor_incap_decay_rate|d|?|0..|c|Health that a survivor who is down loses each second.
survivor_ledge_grab_health|i|300|1..|c|Health of a survivor who hangs from a ledge.
survivor_revive_duration|d|5|0..|c|Seconds that helping somebody up takes.
survivor_revive_health|i|30|0..|c|Temporary health after being helped up.
survivor_respawn_with_guns|i|1|0..2|c|What a rescued survivor carries: 0 a pistol, 1 a simpler weapon than before, 2 the weapon of before.
survivor_limp_health|i|40|0..|c|Health below which a survivor limps.
survivor_speed|d|?|0..|c|Speed of a survivor in good health.
survivor_crouch_speed|d|?|0..|c|Speed of a crouching survivor.
survivor_limp_walk_speed|d|?|0..|c|Speed of a limping survivor.
survivor_allow_crawling|b|0||c|Survivors who are down can crawl.
survivor_crawl_speed|d|15|0..|c|Speed of a crawling survivor.
survivor_friendly_fire_factor_easy|d|0|0..|c|Part of the damage that survivors do each other on Easy.
survivor_friendly_fire_factor_normal|d|0.1|0..|c|Part of the damage that survivors do each other on Normal.
survivor_friendly_fire_factor_hard|d|0.3|0..|c|Part of the damage that survivors do each other on Advanced.
survivor_friendly_fire_factor_expert|d|0.5|0..|c|Part of the damage that survivors do each other on Expert.
survivor_burn_factor_easy|d|0.2|0..|c|Part of the damage that fire does survivors on Easy.
survivor_burn_factor_normal|d|0.2|0..|c|Part of the damage that fire does survivors on Normal.
survivor_burn_factor_hard|d|0.4|0..|c|Part of the damage that fire does survivors on Advanced.
survivor_burn_factor_expert|d|1|0..|c|Part of the damage that fire does survivors on Expert.
first_aid_kit_use_duration|d|5|0..|c|Seconds that healing takes.
first_aid_heal_percent|d|0.8|0..1|c|Part of the lost health that a first aid kit brings back.
first_aid_kit_max_heal|i|100|0..|c|Health that healing can reach.
pain_pills_health_value|i|50|0..|c|Temporary health of pain pills.
pain_pills_decay_rate|d|0.27|0..|c|Temporary health that is lost each second.
pain_pills_health_threshold|i|99|0..|c|Health above which pills can’t be taken.
adrenaline_health_buffer|i|?|0..|c|Temporary health of adrenaline.
adrenaline_duration|d|15|0..|c|Seconds that adrenaline lasts.
adrenaline_run_speed|d|?|0..|c|Speed of a survivor on adrenaline.
defibrillator_use_duration|d|?|0..|c|Seconds that a defibrillator takes.
defibrillator_return_to_life_time|d|?|0..|c|Seconds that the dead take to stand up after a defibrillator.
ammo_assaultrifle_max|i|360|-2..|c|Spare rounds of assault rifles; -2: without end.
ammo_smg_max|i|650|-2..|c|Spare rounds of submachine guns; -2: without end.
ammo_shotgun_max|i|?|-2..|c|Spare shells of the first shotguns; -2: without end.
ammo_autoshotgun_max|i|90|-2..|c|Spare shells of automatic shotguns; -2: without end.
ammo_huntingrifle_max|i|150|-2..|c|Spare rounds of the hunting rifle; -2: without end.
ammo_sniperrifle_max|i|180|-2..|c|Spare rounds of the sniper rifle; -2: without end.
ammo_grenadelauncher_max|i|30|-2..|c|Spare grenades; -2: without end.
ammo_m60_max|i|0|-2..|c|Spare rounds of the M60; -2: without end.
ammo_chainsaw_max|i|20|-2..|c|Fuel of the chainsaw.
ammo_pistol_max|i|-2|-2..|c|Spare rounds of pistols; -2: without end.
pipe_bomb_timer_duration|d|6|0..|c|Seconds until a pipe bomb goes off.
inferno_flame_lifetime|d|15|0..|c|Seconds that a fire burns.
inferno_damage|d|40|0..|c|Damage of standing in a fire, each second.
grenadelauncher_ff_scale|d|?|0..|c|Part of a grenade’s damage that survivors take.
z_gun_swing_vs_cooldown|d|?|0..|c|Seconds of weakness after several shoves in versus.
z_gun_swing_coop_cooldown|d|?|0..|c|Seconds of weakness after several shoves in campaigns.
z_gun_range|d|?|0..|c|How far a shove reaches.
upgrade_pack_use_duration|d|?|0..|c|Seconds that setting up special ammunition takes.
sb_all_bot_game|b|0||c|The game goes on with bots alone.
sb_all_bot_team|b|0||c|A team may be of bots alone.
sb_allow_leading|b|?||c|Bots may walk ahead of the players.
sb_max_team_melee_weapons|i|?|0..|c|Bots of a team that may carry a melee weapon.
sb_enforce_proximity_range|d|?|0..|c|How far a bot may fall behind before it is put back to the team.
sb_dont_shoot|b|0||c|Bots don’t shoot.
sb_stop|b|0||c|Bots stand still.
survivor_max_tongue_stagger_duration|d|?|0..|c|Seconds that survivors stagger when a tongue lets go at most.
`)
