/**
 * The campaigns that come with the game, out of its 14 mission files. Titles are ours: the mission files name them by
 * tokens that only the game's own texts resolve.
 */
export const officialModes = ['coop', 'realism', 'versus', 'survival', 'scavenge', 'mutation10'] as const
export type OfficialMode = (typeof officialModes)[number]

export interface OfficialChapter {
  /** From 1, in the order of play. */
  readonly number: number
  readonly map: string
  /** The values of `mp_gamemode` that the mission file lists for this map. */
  readonly modes: readonly OfficialMode[]
}

export interface OfficialCampaign {
  /** As the mission file names it: `L4D2C1`. */
  readonly id: string
  readonly number: number
  readonly title: string
  /** 1: Bill, Francis, Louis and Zoey; 2: Coach, Ellis, Nick and Rochelle. */
  readonly survivorSet: 1 | 2
  readonly chapters: readonly OfficialChapter[]
}

/** Survival, scavenge and Room For One by chapter number; coop, realism and versus have every chapter. */
interface Row {
  readonly title: string
  readonly maps: readonly string[]
  readonly survival: readonly number[]
  readonly scavenge: readonly number[]
  readonly mutation10: number
}

const rows: readonly Row[] = [
  {
    title: 'Dead Center',
    maps: ['hotel', 'streets', 'mall', 'atrium'],
    survival: [2, 4],
    scavenge: [4],
    mutation10: 4,
  },
  {
    title: 'Dark Carnival',
    maps: ['highway', 'fairgrounds', 'coaster', 'barns', 'concert'],
    survival: [1, 4, 5],
    scavenge: [1],
    mutation10: 5,
  },
  {
    title: 'Swamp Fever',
    maps: ['plankcountry', 'swamp', 'shantytown', 'plantation'],
    survival: [1, 3, 4],
    scavenge: [1],
    mutation10: 4,
  },
  {
    title: 'Hard Rain',
    maps: ['milltown_a', 'sugarmill_a', 'sugarmill_b', 'milltown_b', 'milltown_escape'],
    survival: [1, 2, 3],
    scavenge: [1, 2, 3],
    mutation10: 5,
  },
  {
    title: 'The Parish',
    maps: ['waterfront', 'park', 'cemetery', 'quarter', 'bridge'],
    survival: [1, 2, 3, 4, 5],
    scavenge: [2],
    mutation10: 5,
  },
  {
    title: 'The Passing',
    maps: ['riverbank', 'bedlam', 'port'],
    survival: [1, 2, 3],
    scavenge: [1, 2, 3],
    mutation10: 3,
  },
  {
    title: 'The Sacrifice',
    maps: ['docks', 'barge', 'port'],
    survival: [1, 2, 3],
    scavenge: [1, 2],
    mutation10: 3,
  },
  {
    title: 'No Mercy',
    maps: ['apartment', 'subway', 'sewers', 'interior', 'rooftop'],
    survival: [2, 3, 4, 5],
    scavenge: [1, 5],
    mutation10: 5,
  },
  { title: 'Crash Course', maps: ['alleys', 'lots'], survival: [1, 2], scavenge: [1], mutation10: 2 },
  {
    title: 'Death Toll',
    maps: ['caves', 'drainage', 'ranchhouse', 'mainstreet', 'houseboat'],
    survival: [2, 3, 4, 5],
    scavenge: [3],
    mutation10: 5,
  },
  {
    title: 'Dead Air',
    maps: ['greenhouse', 'offices', 'garage', 'terminal', 'runway'],
    survival: [2, 3, 4, 5],
    scavenge: [4],
    mutation10: 5,
  },
  {
    title: 'Blood Harvest',
    maps: ['hilltop', 'traintunnel', 'bridge', 'barn', 'cornfield'],
    survival: [2, 3, 5],
    scavenge: [5],
    mutation10: 5,
  },
  {
    title: 'Cold Stream',
    maps: ['alpinecreek', 'southpinestream', 'memorialbridge', 'cutthroatcreek'],
    survival: [3, 4],
    scavenge: [],
    mutation10: 4,
  },
  {
    title: 'The Last Stand',
    maps: ['junkyard', 'lighthouse'],
    survival: [1, 2],
    scavenge: [1, 2],
    mutation10: 2,
  },
]

/** The mission files of these say `survivor_set 1`. */
const firstGameSurvivors: ReadonlySet<number> = new Set([7, 8, 9, 10, 11, 12, 14])

export const officialCampaigns: readonly OfficialCampaign[] = rows.map((row, index) => {
  const number = index + 1
  return {
    id: `L4D2C${number}`,
    number,
    title: row.title,
    survivorSet: firstGameSurvivors.has(number) ? 1 : 2,
    chapters: row.maps.map((name, position) => chapter(row, number, position + 1, name)),
  }
})

function chapter(row: Row, campaign: number, number: number, name: string): OfficialChapter {
  const modes: OfficialMode[] = ['coop', 'realism', 'versus']
  if (row.survival.includes(number)) modes.push('survival')
  if (row.scavenge.includes(number)) modes.push('scavenge')
  if (row.mutation10 === number) modes.push('mutation10')
  return { number, map: `c${campaign}m${number}_${name}`, modes }
}

const byMap = new Map(
  officialCampaigns.flatMap(campaign =>
    campaign.chapters.map(found => [found.map, { campaign, chapter: found }] as const),
  ),
)

/** The campaign and chapter of an official map; null for any other. Letter case doesn't count, as on the server. */
export function findOfficialMap(
  map: string,
): { readonly campaign: OfficialCampaign; readonly chapter: OfficialChapter } | null {
  return byMap.get(map.toLowerCase()) ?? null
}
