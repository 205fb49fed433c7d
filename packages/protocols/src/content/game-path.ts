/**
 * Where a server looks for the game's files, in the order of `gameinfo.txt`: the first that has a file wins. Paths of
 * layers begin with one of these folders; what stands elsewhere (`bin`, `srcds_run`) is no content of the game.
 */
const searchFolders: readonly string[] = [
  'update',
  'left4dead2_dlc3',
  'left4dead2_dlc2',
  'left4dead2_dlc1',
  'left4dead2',
  'hl2',
]

/** Whose `addons` the server mounts, and to which plugins are relative. */
export const gameFolder = 'left4dead2'

export interface GamePath {
  /** Position in the game's search order, 0 for the first. */
  readonly searchFolder: number
  /** As the game asks for it, in lower case: `maps/c1m1_hotel.bsp`. */
  readonly path: string
}

/** What a layer's path is to the game; null when the game doesn't look there. */
export function gamePathOf(layerPath: string): GamePath | null {
  const slash = layerPath.indexOf('/')
  if (slash < 0) return null
  const folder = layerPath.slice(0, slash)
  const searchFolder = searchFolders.indexOf(folder)
  if (searchFolder < 0) return null
  return { searchFolder, path: layerPath.slice(slash + 1).toLowerCase() }
}

/**
 * Whether a dedicated server mounts this VPK: those directly in `left4dead2/addons`. What is in `addons/workshop` is a
 * client's. Archives of a set (`NAME_000.vpk`) belong to their `NAME_dir.vpk`.
 */
export function isMountedVpk(layerPath: string): boolean {
  return /^left4dead2\/addons\/[^/]+\.vpk$/i.test(layerPath) && !isSetArchive(layerPath)
}

export function isVpk(layerPath: string): boolean {
  return /\.vpk$/i.test(layerPath)
}

export function isSetArchive(layerPath: string): boolean {
  return /_\d{3}\.vpk$/i.test(layerPath)
}

/** The map that a file of the game is, in lower case; null for any other file. */
export function mapOf(gamePath: string): string | null {
  return /^maps\/([^/]+)\.bsp$/i.exec(gamePath)?.[1]?.toLowerCase() ?? null
}

export function isMissionFile(gamePath: string): boolean {
  return /^missions\/[^/]+\.txt$/i.test(gamePath)
}

/** `123.vpk` is what the Workshop's item 123 is called; null for any other name. */
export function workshopIdOf(vpkPath: string): string | null {
  return /(?:^|\/)(\d{5,20})\.vpk$/i.exec(vpkPath)?.[1] ?? null
}
