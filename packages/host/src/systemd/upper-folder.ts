import { statfs } from 'node:fs/promises'
import { emptyFolder } from '../files/remove-tree.ts'
import { SafeFolder } from '../files/safe-folder.ts'
import type { WithGameFolder } from '../instance/hostile-files.ts'
import type { Layout } from '../layout.ts'
import type { InstanceLocks } from './instance-locks.ts'

/** statfs(2), f_type. */
const overlayfsMagic = 0x794c7630

/**
 * The folder that an instance's files are changed in. An upper that is mounted must only be changed through the mount
 * (kernel, overlayfs.rst, “Changes to underlying filesystems”); what isn't mounted is kept from being so meanwhile by the
 * instance's lock. The open folder itself keeps a mount from being undone for as long.
 */
export function gameFolderOf(options: {
  readonly instanceId: number
  readonly layout: Layout
  readonly locks: InstanceLocks
  /** Makes the upper. */
  readonly prepare: () => Promise<void>
}): WithGameFolder {
  const { instanceId, layout, locks, prepare } = options
  const { merged, upper } = layout.runtimeOf(instanceId)
  return async (make, action) => {
    const mounted = await openMounted(merged)
    if (mounted) {
      await using folder = mounted
      return await action(folder, 'merged')
    }
    return locks.run(instanceId, async () => {
      // Mounted while we waited.
      const mounted = await openMounted(merged)
      const opened = mounted ?? (await openUpper(upper, make ? prepare : null))
      try {
        return await action(opened, mounted ? 'merged' : 'upper')
      } finally {
        await opened?.close()
      }
    })
  }
}

/** null unless layers are mounted there. */
async function openMounted(merged: string): Promise<SafeFolder | null> {
  const folder = await SafeFolder.open(merged).catch(() => null)
  if (!folder) return null
  const { type } = await statfs(folder.place('.')).catch(() => ({ type: 0 }))
  if (type === overlayfsMagic) return folder
  await folder.close()
  return null
}

async function openUpper(upper: string, prepare: (() => Promise<void>) | null): Promise<SafeFolder | null> {
  try {
    return await SafeFolder.open(upper)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  if (!prepare) return null
  await prepare()
  return await SafeFolder.open(upper)
}

/** Its parent is root's: it is emptied, not replaced. The instance must be kept from starting meanwhile. Idempotent. */
export async function emptyUpper(upper: string): Promise<void> {
  await emptyFolder(upper).catch(error => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  })
}
