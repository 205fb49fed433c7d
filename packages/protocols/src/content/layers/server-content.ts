import { compareText } from '../compare-text.ts'
import { gamePathOf, isMountedVpk } from '../game-path.ts'
import type { IndexedMission, IndexedVpk, LayerIndex } from './layer-index.ts'
import { looseMapsOf, mapsOfVpk } from './maps-of.ts'
import { MergedTree } from './merged-tree.ts'

/** One of the layers that a server is made of. */
export interface ServerLayer {
  /** As people know it; part of messages. */
  readonly name: string
  readonly index: LayerIndex
  /** The game itself: always the lowest. */
  readonly installation?: boolean
}

/** Where something stands: loose in a layer, or in a VPK of a layer. */
export interface ContentPlace {
  /** Position of the layer, 0 for the uppermost. */
  readonly layer: number
  /** Path of the VPK within the layer; null when it is loose. */
  readonly vpk: string | null
  /** Path within the VPK, or of the loose file within the layer. */
  readonly path: string
}

export interface VisibleVpk {
  readonly layer: number
  readonly vpk: IndexedVpk
}

export interface VisibleMission {
  readonly place: ContentPlace
  /** null for a loose mission file. */
  readonly vpk: IndexedVpk | null
  readonly mission: IndexedMission
}

/** What a server has of its layers: without what others hide, and without VPKs that its addonlist.txt switches off. */
export interface ServerContent {
  readonly tree: MergedTree
  /** Those that the server mounts, by path. */
  readonly vpks: readonly VisibleVpk[]
  readonly missions: readonly VisibleMission[]
  /** Every place of each map, by its name in lower case; loose ones in the game's order, then VPKs. */
  readonly maps: ReadonlyMap<string, readonly ContentPlace[]>
}

export interface ServerContentOptions {
  /** Names of the VPKs that the server's `addonlist.txt` switches off, in lower case (`readAddonList`). */
  readonly disabledAddons?: ReadonlySet<string>
}

/** `layers`: uppermost first. */
export function readServerContent(
  layers: readonly ServerLayer[],
  { disabledAddons = new Set() }: ServerContentOptions = {},
): ServerContent {
  const tree = MergedTree.of(layers.map(({ index }) => index))
  const isSeen = (layer: number, path: string) => {
    const entry = tree.find(path)
    return entry?.kind === 'file' && entry.layer === layer
  }
  const vpks = layers
    .flatMap(({ index }, layer) => index.vpks.map(vpk => ({ layer, vpk })))
    .filter(({ layer, vpk }) => isMountedVpk(vpk.path) && isSeen(layer, vpk.path))
    .filter(({ vpk }) => !disabledAddons.has(vpk.path.slice(vpk.path.lastIndexOf('/') + 1).toLowerCase()))
    .sort((a, b) => compareText(a.vpk.path, b.vpk.path))
  const missions: VisibleMission[] = [
    ...layers.flatMap(({ index }, layer) =>
      index.missions
        .filter(mission => isSeen(layer, mission.path))
        .map(mission => ({ place: { layer, vpk: null, path: mission.path }, vpk: null, mission })),
    ),
    ...vpks.flatMap(({ layer, vpk }) =>
      vpk.missions.map(mission => ({ place: { layer, vpk: vpk.path, path: mission.path }, vpk, mission })),
    ),
  ]
  return { tree, vpks, missions, maps: mapPlaces(layers, vpks, isSeen) }
}

function mapPlaces(
  layers: readonly ServerLayer[],
  vpks: readonly VisibleVpk[],
  isSeen: (layer: number, path: string) => boolean,
): Map<string, ContentPlace[]> {
  const places = new Map<string, ContentPlace[]>()
  const add = (map: string, place: ContentPlace) => {
    const known = places.get(map)
    if (known === undefined) places.set(map, [place])
    else known.push(place)
  }
  for (const [layer, { index }] of layers.entries())
    for (const { map, path } of looseMapsOf(index))
      if (isSeen(layer, path)) add(map, { layer, vpk: null, path })
  for (const found of places.values()) found.sort((a, b) => searchOrder(a) - searchOrder(b))
  for (const { layer, vpk } of vpks)
    for (const map of mapsOfVpk(vpk)) add(map, { layer, vpk: vpk.path, path: `maps/${map}.bsp` })
  return places
}

function searchOrder({ path }: ContentPlace): number {
  return gamePathOf(path)?.searchFolder ?? Number.MAX_SAFE_INTEGER
}
