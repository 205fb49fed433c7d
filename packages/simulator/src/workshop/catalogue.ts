/** An item of the simulated Workshop that has a story; every other id is a campaign of one map without one. */
export interface CatalogueItem {
  readonly id: string
  readonly title: string
  readonly description: string
  /** Names of maps with what they are called, in order. Empty: no campaign. */
  readonly chapters: readonly (readonly [map: string, title: string])[]
  readonly modes: readonly string[]
  readonly tags: readonly string[]
  /** Bytes of what makes it large, about as the real ones are to one another. */
  readonly ballast: number
}

const note = 'Made by the left4me simulator; nobody can play it.'
const campaignTags = ['Campaigns', 'Co-op', 'Versus']

/** Items with ids from 500 to 599 have a file_url, the others only steamcmd can fetch. */
export const catalogue: readonly CatalogueItem[] = [
  {
    id: '501',
    title: 'Cold Harbour (simulated)',
    description: `Four survivors, one ferry, and the tide going out. ${note}`,
    chapters: [
      ['coldharbour_m1_pier', 'The pier'],
      ['coldharbour_m2_cannery', 'Cannery row'],
      ['coldharbour_m3_ferry', 'Last ferry'],
    ],
    modes: ['coop', 'versus'],
    tags: campaignTags,
    ballast: 900_000,
  },
  {
    id: '502',
    title: 'Night Freight (simulated)',
    description: `A goods train through four dead stations. ${note}`,
    chapters: [
      ['nightfreight_m1_yard', 'The yard'],
      ['nightfreight_m2_tunnel', 'Tunnel nine'],
      ['nightfreight_m3_viaduct', 'The viaduct'],
      ['nightfreight_m4_terminus', 'Terminus'],
    ],
    modes: ['coop', 'versus'],
    tags: campaignTags,
    ballast: 1_300_000,
  },
  {
    id: '503',
    title: 'Saltmarsh Mile (simulated)',
    description: `The road is under water twice a day. ${note}`,
    chapters: [
      ['saltmarsh_m1_causeway', 'Causeway'],
      ['saltmarsh_m2_chapel', 'The chapel'],
      ['saltmarsh_m3_lighthouse', 'Lighthouse'],
    ],
    modes: ['coop', 'versus'],
    tags: campaignTags,
    ballast: 700_000,
  },
  {
    id: '504',
    title: 'Tower of Ash (simulated)',
    description: `Forty floors, and the lift only goes down. ${note}`,
    chapters: [
      ['towerofash_m1_lobby', 'Lobby'],
      ['towerofash_m2_offices', 'Offices'],
      ['towerofash_m3_machine', 'Machine floor'],
      ['towerofash_m4_garden', 'Roof garden'],
      ['towerofash_m5_mast', 'The mast'],
    ],
    modes: ['coop', 'versus'],
    tags: campaignTags,
    ballast: 1_800_000,
  },
  {
    id: '505',
    title: 'Lantern Court (simulated)',
    description: `Hold the courtyard until the lights go out. ${note}`,
    chapters: [['lanterncourt_survival', 'The courtyard']],
    modes: ['survival'],
    tags: ['Survival'],
    ballast: 300_000,
  },
  {
    id: '506',
    title: 'Quieter Rain (simulated)',
    description: `Another sound for rain; brings no map. ${note}`,
    chapters: [],
    modes: [],
    tags: ['Sounds'],
    ballast: 120_000,
  },
  {
    id: '3405000001',
    title: 'Hollow Pines (simulated)',
    description: `A logging camp in the first snow. Only steamcmd can fetch it. ${note}`,
    chapters: [
      ['hollowpines_m1_camp', 'The camp'],
      ['hollowpines_m2_sawmill', 'Sawmill'],
      ['hollowpines_m3_river', 'River crossing'],
      ['hollowpines_m4_firetower', 'Fire tower'],
    ],
    modes: ['coop', 'versus'],
    tags: campaignTags,
    ballast: 1_100_000,
  },
]

/** Collections: each with its children. 100 to 300 lead back to themselves. */
export const collections: Readonly<
  Record<string, { readonly title: string; readonly children: readonly string[] }>
> = {
  '100': { title: 'Simulated circle, first part', children: ['101', '102', '200'] },
  '110': {
    title: 'Weekend playlist (simulated)',
    children: ['501', '502', '503', '504', '505', '3405000001'],
  },
  '120': { title: 'Everything for the season (simulated)', children: ['110', '506'] },
  '130': { title: 'Mixed bag (simulated)', children: ['501', '3', '400', '600', '506'] },
  '200': { title: 'Simulated circle, second part', children: ['201', '300'] },
  '300': { title: 'Simulated circle, third part', children: ['301', '100'] },
  '310': { title: 'Empty collection (simulated)', children: [] },
}
