import { dropIn, type HostFile } from '../units/host-file.ts'
import type { CoreAssignment } from './assign-cores.ts'
import { formatCpuList } from './cpu-list.ts'

/**
 * Pins the slices. user.slice too: a log-in shell is no better than a service. PID 1 and the kernel's threads stay free.
 * `applySlicesCommand` applies it, to what runs already as well. systemd.resource-control(5), AllowedCPUs=.
 */
export function coreDropIns({ games, builds, system }: CoreAssignment): HostFile[] {
  const pin = (slice: string, cores: readonly number[]) =>
    dropIn(slice, 'cpuset', 'Slice', [`AllowedCPUs=${formatCpuList(cores)}`])
  return [
    pin('l4d2-game.slice', games),
    pin('l4d2-build.slice', builds),
    pin('system.slice', system),
    pin('user.slice', system),
  ]
}
