import { HelperError } from '../helper-error.ts'
import { programs, runCommand } from '../program/run-command.ts'
import { findHolders, mountsInside } from './holders.ts'
import type { MountEntry } from './mount-table.ts'

/** How often and how long a mount that is in use is tried again. */
const patience = { attempts: 20, milliseconds: 100 }

/**
 * Unmounts. While somebody uses the mount it is tried again for two seconds; then `HelperError` (`busy`) names who. Never
 * lazily: an overlay that is only out of sight still owns upper and work, and a second one on the same upper is
 * undefined.
 */
export function unmount(mount: MountEntry): void {
  for (let attempt = 1; ; attempt++) {
    const { code, stderr } = runCommand(programs.umount, ['--no-canonicalize', mount.mountPoint])
    if (code === 0) return
    if (!/busy/i.test(stderr))
      throw new HelperError('mount-failed', `${mount.mountPoint} can't be unmounted: ${stderr.trim()}`, {
        remedy: 'See what the kernel says; as root: journalctl -k -n 20',
      })
    if (attempt >= patience.attempts) throw busy(mount)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, patience.milliseconds)
  }
}

function busy(mount: MountEntry): HelperError {
  const holders = findHolders(mount)
  const named = [
    ...holders.slice(0, 5).map(({ pid, command }) => `process ${pid} (${command})`),
    ...(holders.length > 5 ? [`${holders.length - 5} more processes`] : []),
    ...mountsInside(mount)
      .slice(0, 5)
      .map(mountPoint => `a mount on ${mountPoint}`),
  ]
  const who = named.length > 0 ? named.join(', ') : 'something that left4me can not see'
  return new HelperError('busy', `${mount.mountPoint} is in use by ${who}.`, {
    remedy: 'End or unmount that, and stop it again.',
  })
}
