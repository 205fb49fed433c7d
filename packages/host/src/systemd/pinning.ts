import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unitNames } from '@left4me/privileged'
import type { Machine } from '../host.ts'
import { controlGroupOfSlice } from './pinning-control-group.ts'
import { parseCores } from './pinning-cores.ts'

export interface PinningOptions {
  /** `/sys/fs/cgroup` and `/usr/local/lib/systemd/system`, unless told. */
  readonly controlGroups?: string
  readonly units?: string
}

const slices = { games: unitNames.gameSlice, builds: unitNames.buildSlice, system: 'system.slice' } as const

/**
 * Which cores each part of the machine may use; null where all may use all, and where the kernel can't pin (a container
 * without the cpuset controller). A slice in which nothing runs has no control group: then what the deployment wrote for
 * it counts.
 */
export async function readPinning(options: PinningOptions = {}): Promise<Machine['pinning']> {
  const { controlGroups = '/sys/fs/cgroup', units = '/usr/local/lib/systemd/system' } = options
  const controllers = (await readIfThere(join(controlGroups, 'cgroup.controllers'))) ?? ''
  if (!controllers.split(/\s/).includes('cpuset')) return null
  const all = parseCores((await readIfThere(join(controlGroups, 'cpuset.cpus.effective'))) ?? '')
  if (!all) return null

  const coresOf = async (slice: string): Promise<readonly number[]> => {
    const effective = await readIfThere(
      join(controlGroups, controlGroupOfSlice(slice), 'cpuset.cpus.effective'),
    )
    if (effective !== null) return parseCores(effective) ?? all
    const written = await readIfThere(join(units, `${slice}.d`, '99-left4me-cpuset.conf'))
    const cores = parseCores(/^AllowedCPUs=(.*)$/m.exec(written ?? '')?.[1] ?? '')
    // Cores that the machine doesn't have are passed over, as systemd does.
    return cores?.filter(core => all.includes(core)) ?? all
  }
  const [games, builds, system] = await Promise.all([
    coresOf(slices.games),
    coresOf(slices.builds),
    coresOf(slices.system),
  ])
  if ([games, builds, system].every(cores => cores.length === all.length)) return null
  return { games, builds, system }
}

async function readIfThere(path: string): Promise<string | null> {
  return await readFile(path, 'latin1').catch(() => null)
}
