import { mapCommand, ProtocolError, readServerContent, type ServerLayer } from '@left4me/protocols'
import { refuse } from '../http/problem-error.ts'
import type { ServerRecord } from '../servers/server-directory.ts'
import { readServerTree, type ServerTreeDependencies } from './server-tree.ts'

/** Only what is a plain change of map: everything else is the console's own business. */
const mapChange = /^\s*(map|changelevel)\s+"?([A-Za-z0-9_]+)"?\s*;?\s*$/i

/**
 * Refuses to go to a map that no layer of the running server has: `map` with a name that doesn't exist may end the game
 * that is played. Rejects with `invalid-input`. Where it isn't known what the server has, all is let pass.
 */
export async function refuseUnknownMap(
  dependencies: ServerTreeDependencies,
  record: ServerRecord,
  command: string,
): Promise<void> {
  const [, word, map] = mapChange.exec(command) ?? []
  if (word === undefined || map === undefined) return
  const available = await mapsOf(dependencies, record)
  try {
    mapCommand(word.toLowerCase() === 'map' ? 'map' : 'changelevel', map, available)
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw refuse('invalid-input', '/command', `${error.message} ${error.remedy ?? ''}`.trim())
  }
}

/** In lower case; null where something of it isn't known: a VPK in the upper, or the game itself. */
async function mapsOf(
  dependencies: ServerTreeDependencies,
  record: ServerRecord,
): Promise<ReadonlySet<string> | null> {
  const { parts } = await readServerTree(dependencies, record)
  if (!parts.some(({ kind }) => kind === 'installation')) return null
  const layers: ServerLayer[] = []
  for (const part of parts) {
    if (part.kind === 'upper') {
      if (part.tree.folders.some(({ files }) => files.some(({ name }) => /\.vpk$/i.test(name)))) return null
      layers.push({ name: part.name.name, index: { ...part.tree, vpks: [], missions: [] } })
    } else {
      layers.push({ name: part.name.name, index: part.tree, installation: part.kind === 'installation' })
    }
  }
  return new Set(readServerContent(layers).maps.keys())
}
