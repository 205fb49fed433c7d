import type { SafeFolder } from './safe-folder.ts'

/**
 * Goes down all components but the last and calls `action` with the folder that it is in and its name. null when a folder
 * on the way doesn't exist. `root` stays the caller's to close.
 */
export async function inFolderOf<Result>(
  root: SafeFolder,
  components: readonly string[],
  action: (folder: SafeFolder, name: string) => Promise<Result>,
): Promise<Result | null> {
  return descend(root, components, (folder, name) => folder.folder(name), action)
}

/** The same, but makes the folders that are missing, also in the place of things that aren't folders. */
export async function inMadeFolderOf<Result>(
  root: SafeFolder,
  components: readonly string[],
  action: (folder: SafeFolder, name: string) => Promise<Result>,
): Promise<Result> {
  const result = await descend(
    root,
    components,
    (folder, name) => folder.folderAtAnyRate(name),
    async (folder, name) => ({ value: await action(folder, name) }),
  )
  if (!result) throw new TypeError('a folder was neither found nor made')
  return result.value
}

async function descend<Result>(
  root: SafeFolder,
  components: readonly string[],
  enter: (folder: SafeFolder, name: string) => Promise<SafeFolder | null>,
  action: (folder: SafeFolder, name: string) => Promise<Result>,
): Promise<Result | null> {
  const name = components.at(-1)
  if (name === undefined) throw new TypeError('no component')
  await using opened = new AsyncDisposableStack()
  let folder = root
  for (const component of components.slice(0, -1)) {
    const next = await enter(folder, component)
    if (!next) return null
    opened.use(next)
    folder = next
  }
  return await action(folder, name)
}
