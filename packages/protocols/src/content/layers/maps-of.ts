import { gamePathOf, mapOf } from '../game-path.ts'
import { type IndexedVpk, joined, type LayerIndex } from './layer-index.ts'

/** Names of the maps in a VPK, in lower case. */
export function mapsOfVpk(vpk: IndexedVpk): string[] {
  const folder = vpk.contents.find(({ path }) => path === 'maps')
  return (folder?.names ?? []).flatMap(name => mapOf(`maps/${name}`) ?? [])
}

/** Loose maps of a layer: their names in lower case, and where they are. */
export function looseMapsOf(index: LayerIndex): { readonly map: string; readonly path: string }[] {
  return index.folders.flatMap(folder => {
    if (!/\/maps$/i.test(folder.path)) return []
    return folder.files.flatMap(({ name }) => {
      const path = joined(folder.path, name)
      const map = mapOf(gamePathOf(path)?.path ?? '')
      return map === null ? [] : [{ map, path }]
    })
  })
}
