import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedFolder } from '../../host/support/cache-folder.ts'
import { fillByRecipe } from '../../host/support/from-archive.ts'

const recipe = join(import.meta.dirname, 'debian-trees.sh')

/** Whether every package that a host asks for is there already, or only the archive that has them. */
export type Equipment = 'equipped' | 'bare'

/** What the trees are made from: whatever is derived from one is different when this is. */
export async function debianTreesIngredients(): Promise<string[]> {
  return [await readFile(recipe, 'utf8')]
}

/**
 * The root folder of a Debian 13 for deployments, never to be written. Built in some minutes where it isn't cached. Needs
 * root and the network.
 */
export async function debianTree(equipment: Equipment): Promise<string> {
  const folder = await cachedFolder('deploy-trees', await debianTreesIngredients(), async unfinished => {
    process.stderr.write('left4me: building the Debian 13 that deployments are tried on …\n')
    await fillByRecipe(recipe, unfinished)
  })
  return join(folder, equipment)
}
