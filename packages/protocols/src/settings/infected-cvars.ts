import { readCvarTable } from './cvar.ts'

/** Common and special infected, Tank and Witch. */
export const infectedCvars = readCvarTable(`
z_common_limit|i|30|0..|c|Common infected that may be there at once.
z_background_limit|i|20|0..|c|Common infected on a map in the background of the menu.
z_health|i|50|1..|c|Health of a common infected.
z_speed|d|250|0..|c|Speed of a common infected.
z_mega_mob_size|i|50|0..|c|Infected in a horde of a panic event.
z_mega_mob_spawn_min_interval|d|420|0..|c|Seconds between two large hordes at least.
z_mega_mob_spawn_max_interval|d|900|0..|c|Seconds between two large hordes at most.
z_mob_spawn_min_size|i|10|0..|c|Infected in a horde at least.
z_mob_spawn_max_size|i|30|0..|c|Infected in a horde at most.
z_mob_spawn_finale_size|i|20|0..|c|Infected in a horde of a finale.
z_mob_spawn_min_interval_easy|d|120|0..|c|Seconds between hordes at least on Easy.
z_mob_spawn_max_interval_easy|d|240|0..|c|Seconds between hordes at most on Easy.
z_mob_spawn_min_interval_normal|d|90|0..|c|Seconds between hordes at least on Normal.
z_mob_spawn_max_interval_normal|d|180|0..|c|Seconds between hordes at most on Normal.
z_mob_spawn_min_interval_hard|d|90|0..|c|Seconds between hordes at least on Advanced.
z_mob_spawn_max_interval_hard|d|180|0..|c|Seconds between hordes at most on Advanced.
z_mob_spawn_min_interval_expert|d|90|0..|c|Seconds between hordes at least on Expert.
z_mob_spawn_max_interval_expert|d|180|0..|c|Seconds between hordes at most on Expert.
z_mob_population_density|d|0.0064|0..|c|How densely hordes fill the map.
z_wandering_density|d|0.03|0..|c|How densely wandering infected fill the map.
z_must_wander|i|?|-1..1|c|Whether infected without a target wander: -1 as they like, 0 never, 1 always.
z_no_cull|b|0||c|Infected that nobody sees aren’t removed.
z_spawn_range|d|1500|0..|c|How far from survivors infected may appear at most.
z_spawn_safety_range|d|?|0..|c|How near to survivors special infected of players may appear.
z_safe_spawn_range|d|250|0..|c|How near to survivors special infected may appear.
z_discard_range|d|?|0..|c|How far from survivors an infected is removed.
z_throttle_hit_interval_easy|d|?|0..|c|Seconds between two hits by common infected on Easy.
z_throttle_hit_interval_normal|d|?|0..|c|Seconds between two hits by common infected on Normal.
z_throttle_hit_interval_hard|d|?|0..|c|Seconds between two hits by common infected on Advanced.
z_throttle_hit_interval_expert|d|?|0..|c|Seconds between two hits by common infected on Expert.
z_max_player_zombies|i|4|0..|c|Special infected in a team of players.
z_ghost_delay_min|d|20|0..|c|Seconds at least until a dead player of the infected may appear again.
z_ghost_delay_max|d|30|0..|c|Seconds at most until a dead player of the infected may appear again.
z_special_spawn_interval|d|45|0..|c|Seconds between two special infected.
z_exploding_limit|i|1|0..|c|Boomers at once, by the game’s older name.
z_boomer_limit|i|1|0..|c|Boomers at once in campaigns.
z_smoker_limit|i|1|0..|c|Smokers at once in campaigns.
z_gas_limit|i|1|0..|c|Smokers at once, by the game’s older name.
z_hunter_limit|i|1|0..|c|Hunters at once in campaigns.
z_spitter_limit|i|1|0..|c|Spitters at once in campaigns.
z_jockey_limit|i|1|0..|c|Jockeys at once in campaigns.
z_charger_limit|i|1|0..|c|Chargers at once in campaigns.
z_versus_boomer_limit|i|1|0..|c|Boomers at once in versus.
z_versus_smoker_limit|i|1|0..|c|Smokers at once in versus.
z_versus_hunter_limit|i|1|0..|c|Hunters at once in versus.
z_versus_spitter_limit|i|1|0..|c|Spitters at once in versus.
z_versus_jockey_limit|i|1|0..|c|Jockeys at once in versus.
z_versus_charger_limit|i|1|0..|c|Chargers at once in versus.
z_exploding_health|i|50|1..|c|Health of a Boomer.
z_gas_health|i|250|1..|c|Health of a Smoker.
z_hunter_health|i|250|1..|c|Health of a Hunter.
z_spitter_health|i|100|1..|c|Health of a Spitter.
z_jockey_health|i|325|1..|c|Health of a Jockey.
z_charger_health|i|600|1..|c|Health of a Charger.
z_tank_health|i|4000|1..|c|Health of a Tank in a campaign on Normal; modes and difficulty multiply it.
z_witch_health|i|1000|1..|c|Health of a Witch.
z_tank_speed|d|210|0..|c|Speed of a Tank.
z_tank_speed_vs|d|210|0..|c|Speed of a Tank in versus.
z_tank_damage_slow_min_range|d|?|0..|c|Distance from which bullets slow a Tank.
z_tank_damage_slow_max_range|d|?|0..|c|Distance up to which bullets slow a Tank.
z_tank_throw_force|d|800|0..|c|Strength of a Tank’s throw.
z_tank_throw_interval|d|?|0..|c|Seconds between two throws of a Tank’s bot.
tank_burn_duration|d|75|0..|c|Seconds in which fire kills a Tank.
tank_burn_duration_hard|d|?|0..|c|Seconds in which fire kills a Tank on Advanced.
tank_burn_duration_expert|d|?|0..|c|Seconds in which fire kills a Tank on Expert.
tank_ground_pound_duration|d|1.5|0..|c|Seconds of a Tank’s beat on the ground.
witch_burn_time|d|15|0..|c|Seconds in which fire kills a Witch.
z_witch_personal_space|d|144|0..|c|How near survivors may come to a Witch.
z_witch_always_kills|b|0||c|A Witch kills with one blow on any difficulty.
tongue_health|i|100|1..|c|Health of a Smoker’s tongue.
tongue_range|d|750|0..|c|How far a Smoker’s tongue reaches.
tongue_hit_delay|d|?|0..|c|Seconds until a Smoker may use the tongue again after a hit.
tongue_miss_delay|d|?|0..|c|Seconds until a Smoker may use the tongue again after a miss.
tongue_victim_max_speed|d|?|0..|c|Speed at which a Smoker pulls.
tongue_break_from_damage_amount|d|?|0..|c|Damage that makes a Smoker’s tongue let go.
z_hunter_max_pounce_bonus_damage|i|?|0..|c|Additional damage of a Hunter’s longest leap.
hunter_pounce_max_loft_angle|d|?|0..|c|Steepest angle of a bot Hunter’s leap.
z_pounce_damage|i|5|0..|c|Damage of a Hunter that sits on a survivor.
z_charge_duration|d|?|0..|c|Seconds of a Charger’s run at most.
z_charge_start_speed|d|?|0..|c|Speed at which a Charger begins to run.
z_charge_max_speed|d|?|0..|c|Speed of a running Charger at most.
z_charge_interval|d|?|0..|c|Seconds between two runs of a Charger.
z_jockey_ride_damage|d|?|0..|c|Damage of a riding Jockey.
z_jockey_leap_time|d|?|0..|c|Seconds between two leaps of a Jockey.
z_spit_interval|d|20|0..|c|Seconds between two spits of a Spitter.
z_spit_range|d|?|0..|c|How far a Spitter spits.
z_vomit_interval|d|30|0..|c|Seconds between two vomits of a Boomer.
z_vomit_fade_start|d|?|0..|c|Seconds until bile on a survivor begins to fade.
z_non_head_damage_factor_expert|d|?|0..|c|Part of the damage that common infected take beside the head on Expert.
z_friendly_fire_forgiveness|b|?||c|A shot that goes through an infected into a survivor does less.
`)
