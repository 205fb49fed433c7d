import { statfsSync } from 'node:fs'

/** statfs(2) f_type of overlayfs: it can't be the upper of another overlay. */
const overlayfsMagic = 0x794c7630

/**
 * The setting that keeps namespaces or the mount from working, as a remedy; null when none of the known ones does.
 * `read` gives a file's trimmed content, or null when there is none.
 */
export function explainNamespaceFailure(
  read: (path: string) => string | null,
  upperFolder: string,
  fileSystemType: (path: string) => number | null = typeOf,
): string | null {
  if (read('/proc/sys/kernel/unprivileged_userns_clone') === '0')
    return 'Run “sysctl -w kernel.unprivileged_userns_clone=1” as root, or run left4me as root.'
  if (read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1')
    return 'Run “sysctl -w kernel.apparmor_restrict_unprivileged_userns=0” as root, or run left4me as root.'
  if (read('/proc/sys/user/max_user_namespaces') === '0')
    return 'Run “sysctl -w user.max_user_namespaces=10000” as root.'
  if (read('/proc/sys/user/max_mnt_namespaces') === '0')
    return 'Run “sysctl -w user.max_mnt_namespaces=10000” as root.'
  if (fileSystemType(upperFolder) === overlayfsMagic)
    return 'Put the data directory (LEFT4ME_ROOT) on a real disk: in a container its own file system can not carry layers, a volume can.'
  return null
}

function typeOf(path: string): number | null {
  try {
    return statfsSync(path).type
  } catch {
    return null
  }
}
