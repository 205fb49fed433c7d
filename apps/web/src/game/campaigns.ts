/** What a poster of a campaign shows; drawn by `Poster`, because Valve's pictures aren't ours to ship. */
export type Scene =
  | 'city'
  | 'fair'
  | 'swamp'
  | 'rain'
  | 'bridge'
  | 'river'
  | 'port'
  | 'hills'
  | 'corn'
  | 'lighthouse'

export interface Campaign {
  /** The prefix of its maps' names, `c4`. */
  readonly prefix: string
  readonly name: string
  readonly scene: Scene
  /** In the order in which they are played. */
  readonly maps: readonly string[]
}

const campaign = (prefix: string, name: string, scene: Scene, maps: string): Campaign => ({
  prefix,
  name,
  scene,
  maps: maps.split(' ').map(map => prefix + map),
})

/** The official campaigns of Left 4 Dead 2, from the game's own 14 mission files. */
export const campaigns: readonly Campaign[] = [
  campaign('c1', 'Dead Center', 'city', 'm1_hotel m2_streets m3_mall m4_atrium'),
  campaign('c2', 'Dark Carnival', 'fair', 'm1_highway m2_fairgrounds m3_coaster m4_barns m5_concert'),
  campaign('c3', 'Swamp Fever', 'swamp', 'm1_plankcountry m2_swamp m3_shantytown m4_plantation'),
  campaign(
    'c4',
    'Hard Rain',
    'rain',
    'm1_milltown_a m2_sugarmill_a m3_sugarmill_b m4_milltown_b m5_milltown_escape',
  ),
  campaign('c5', 'The Parish', 'bridge', 'm1_waterfront m2_park m3_cemetery m4_quarter m5_bridge'),
  campaign('c6', 'The Passing', 'river', 'm1_riverbank m2_bedlam m3_port'),
  campaign('c7', 'The Sacrifice', 'port', 'm1_docks m2_barge m3_port'),
  campaign('c8', 'No Mercy', 'city', 'm1_apartment m2_subway m3_sewers m4_interior m5_rooftop'),
  campaign('c9', 'Crash Course', 'city', 'm1_alleys m2_lots'),
  campaign('c10', 'Death Toll', 'river', 'm1_caves m2_drainage m3_ranchhouse m4_mainstreet m5_houseboat'),
  campaign('c11', 'Dead Air', 'port', 'm1_greenhouse m2_offices m3_garage m4_terminal m5_runway'),
  campaign('c12', 'Blood Harvest', 'corn', 'm1_hilltop m2_traintunnel m3_bridge m4_barn m5_cornfield'),
  campaign(
    'c13',
    'Cold Stream',
    'hills',
    'm1_alpinecreek m2_southpinestream m3_memorialbridge m4_cutthroatcreek',
  ),
  campaign('c14', 'The Last Stand', 'lighthouse', 'm1_junkyard m2_lighthouse'),
]

export interface KnownMap {
  readonly campaign: Campaign
  /** From 1. */
  readonly chapter: number
}

const known = new Map<string, KnownMap>(
  campaigns.flatMap(found =>
    found.maps.map((map, index): [string, KnownMap] => [map, { campaign: found, chapter: index + 1 }]),
  ),
)

/** Which chapter of which official campaign a map is; undefined for a custom map. */
export function findMap(map: string): KnownMap | undefined {
  return known.get(map.toLowerCase())
}

/** The readable part of a map's name: `c4m2_sugarmill_a` is `sugarmill a`. */
export function mapTitle(map: string): string {
  return map.replace(/^c\d+m\d+_/, '').replaceAll('_', ' ')
}
