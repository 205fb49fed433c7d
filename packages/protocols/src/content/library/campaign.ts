import type { IndexedImage } from '../layers/layer-index.ts'

export interface Campaign {
  /** `Name` of the mission file: `L4D2C1`. The same for two campaigns only if they conflict. */
  readonly id: string
  /** For people: what the mission says, else what the addon is called, else the id. */
  readonly title: string
  /** Comes with the game, or has the name of one that does. */
  readonly official: boolean
  readonly description: string | null
  readonly author: string | null
  readonly version: string | null
  readonly website: string | null
  readonly survivorSet: 1 | 2
  readonly modes: readonly CampaignMode[]
  /** Every map of any mode, once, in lower case. */
  readonly maps: readonly string[]
  /** Those of them that no layer has: chapters with them don't start. */
  readonly missingMaps: readonly string[]
  /** null: draw one. */
  readonly image: CampaignImage | null
  /** Bytes: of the VPK, or of the loose maps that are there. */
  readonly size: number
  /** null for official ones that nothing replaces. */
  readonly origin: CampaignOrigin | null
  /** When its VPK is called `ID.vpk`. */
  readonly workshopId: string | null
}

export interface CampaignMode {
  /** The value of `mp_gamemode`. */
  readonly mode: string
  readonly chapters: readonly CampaignChapter[]
}

export interface CampaignChapter {
  readonly number: number
  /** In lower case. */
  readonly map: string
  /** null where the mission file has none, or a token that only the game's texts resolve. */
  readonly title: string | null
  /** Whether a layer has the map. */
  readonly present: boolean
}

export interface CampaignOrigin {
  /** Position of the layer that brings the mission file. */
  readonly layer: number
  /** Path of the VPK within the layer; null for a loose mission file. */
  readonly vpk: string | null
  /** Path of the mission file within the VPK or the layer. */
  readonly path: string
}

export interface CampaignImage extends IndexedImage {
  readonly layer: number
  readonly vpk: string
}
