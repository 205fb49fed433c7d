import { mkdir } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { SafeFolder } from '../files/safe-folder.ts'
import type { InstanceStatus } from '../host.ts'
import { HostError } from '../host-error.ts'
import type { WithGameFolder } from '../instance/hostile-files.ts'
import type { Layout } from '../layout.ts'
import { isAlive, readProcess } from './process-table.ts'
import type { SupervisorClient } from './supervisor-client.ts'

/**
 * The folder that an instance's files are changed in. An upper that is mounted must only be changed through the mount
 * (kernel, overlayfs.rst, “Changes to underlying filesystems”), so that a stopped instance is kept from starting
 * meanwhile, and a running one is entered by its first process, whose working folder is the merged root.
 */
export function gameFolderOf(options: {
  readonly instanceId: number
  readonly layout: Layout
  readonly client: () => SupervisorClient
  readonly status: () => Promise<InstanceStatus>
}): WithGameFolder {
  const { instanceId, layout, client, status } = options
  return async (make, action) => {
    for (let attempt = 0; attempt < 20; attempt++) {
      const outcome = await client().whileHeld(instanceId, async held => {
        if (!held) return withMerged(await status(), action)
        const { upper } = layout.runtimeOf(instanceId)
        if (make) await mkdir(upper, { recursive: true, mode: 0o755 })
        const folder = await SafeFolder.open(upper).catch(error => {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
          throw error
        })
        try {
          return { value: await action(folder, 'upper') }
        } finally {
          await folder?.close()
        }
      })
      if (outcome) return outcome.value
      // It ended or was started anew just now.
      await delay(50)
    }
    throw new HostError('unavailable', `Server ${instanceId} starts and ends all the time.`, {
      remedy: 'Stop it, then try again.',
    })
  }
}

/** null when the process that the status names is no longer there. */
async function withMerged<Result>(
  status: InstanceStatus,
  action: (folder: SafeFolder, place: 'merged') => Promise<Result>,
): Promise<{ value: Result } | null> {
  const { pid, processStart } = status
  if (pid === null || processStart === null) return null
  const main = readProcess(pid)
  const terminal = main && readProcess(main.parent)
  const init = terminal && readProcess(terminal.parent)
  if (!init || main.start !== processStart.split('@')[0]) return null
  const folder = await SafeFolder.open(`/proc/${init.pid}/cwd`).catch(() => null)
  if (!folder) return null
  await using opened = folder
  if (!isAlive(init) || !isAlive(main)) return null
  return { value: await action(opened, 'merged') }
}
