import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cachedFolder } from './cache-folder.ts'
import { fillByRecipe } from './from-archive.ts'

const recipe = join(import.meta.dirname, 'base-tree.sh')

/** What the tree is made from: whatever is derived from the tree is a different one when this is. */
export async function baseTreeIngredients(): Promise<string[]> {
  return [await readFile(recipe, 'utf8')]
}

/**
 * The root folder of a Debian 13 as debootstrap makes it, never to be written. Built in about a minute where it isn't
 * cached. Needs root and the network.
 */
export async function baseTree(): Promise<string> {
  const folder = await cachedFolder('tree', await baseTreeIngredients(), async unfinished => {
    process.stderr.write('left4me: building a Debian 13 for the test beds …\n')
    await fillByRecipe(recipe, unfinished)
  })
  return join(folder, 'root')
}
