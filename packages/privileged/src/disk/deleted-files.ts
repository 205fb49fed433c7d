import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'

/** Of what a control group's processes hold open although it was deleted. */
export interface DeletedFiles {
  readonly bytes: number
  /** Of the bytes, those of files that changed since the given moment. */
  readonly changed: number
  /** There is more to look at than can be in time: the numbers say only what was counted so far. */
  readonly tooMany: boolean
}

/**
 * Of open files and mappings together. No game and no script needs as many; one of a file deep below deleted folders
 * takes 45 µs, and a control group may have millions.
 */
const linkLimit = 100_000

/**
 * Adds up the files that no folder shows any more, and that take room on the disk as long as a process of the control
 * group has them open or mapped: proc_pid_fd(5), proc_pid_map_files(5). Only those of file systems in `devices` count;
 * elsewhere they are memory. What vanishes meanwhile, and what may not be looked at, doesn't count. Stops when there are
 * too many, so that the work is bounded. Needs CAP_SYS_PTRACE, and for mappings CAP_CHECKPOINT_RESTORE. `since` is in ms
 * since the epoch.
 */
export function measureDeletedFiles(
  controlGroup: string,
  devices: ReadonlySet<bigint>,
  since: number,
): DeletedFiles {
  const seen = new Set<string>()
  const sum = { bytes: 0, changed: 0 }
  let links = 0
  for (const process of processesOf(controlGroup))
    for (const place of [`/proc/${process}/fd`, `/proc/${process}/map_files`])
      for (const name of list(place)) {
        links += 1
        if (links > linkLimit) return { ...sum, tooMany: true }
        const stats = statDeleted(`${place}/${name}`)
        if (!stats || !devices.has(stats.dev) || seen.has(`${stats.dev}:${stats.ino}`)) continue
        seen.add(`${stats.dev}:${stats.ino}`)
        const bytes = Number(stats.blocks) * 512
        sum.bytes += bytes
        if (stats.ctimeMs >= since) sum.changed += bytes
      }
  return { ...sum, tooMany: false }
}

function processesOf(controlGroup: string): string[] {
  try {
    return readFileSync(`${controlGroup}/cgroup.procs`, 'utf8').split('\n').filter(Boolean)
  } catch {
    return []
  }
}

/** Follows the link that the kernel made, after a look whether it is one to a deleted file: the others are many. */
function statDeleted(link: string): { dev: bigint; ino: bigint; blocks: bigint; ctimeMs: bigint } | null {
  try {
    return readlinkSync(link).endsWith(' (deleted)') ? statSync(link, { bigint: true }) : null
  } catch {
    return null
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
