/** The names of all interfaces on one line, then what systemd-networkd says of those that it knows; it may not run. */
export const networkFilesScript = `ls /sys/class/net | tr '\\n' ' '; echo
[ ! -e /run/systemd/netif/state ] || networkctl --json=short list 2>/dev/null || true`

/** Each interface with the .network file that systemd-networkd has set it up by; null where it hasn't. */
export function parseNetworkFiles(output: string): Readonly<Record<string, string | null>> {
  const end = output.indexOf('\n')
  const names = output
    .slice(0, end < 0 ? undefined : end)
    .split(' ')
    .filter(Boolean)
  const files = end < 0 ? new Map<string, string>() : filesOf(output.slice(end))
  return Object.fromEntries(names.filter(name => name !== 'lo').map(name => [name, files.get(name) ?? null]))
}

function filesOf(text: string): Map<string, string> {
  const start = text.indexOf('{')
  const answer: unknown = start < 0 ? null : JSON.parse(text.slice(start))
  const interfaces =
    typeof answer === 'object' && answer !== null && 'Interfaces' in answer ? answer.Interfaces : []
  const files = new Map<string, string>()
  for (const each of Array.isArray(interfaces) ? (interfaces as unknown[]) : [])
    if (isManaged(each)) files.set(each.Name, each.NetworkFile)
  return files
}

/** `unmanaged` may still name a file: of those that networkd lost. */
function isManaged(value: unknown): value is { readonly Name: string; readonly NetworkFile: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'Name' in value &&
    typeof value.Name === 'string' &&
    'NetworkFile' in value &&
    typeof value.NetworkFile === 'string' &&
    !('AdministrativeState' in value && value.AdministrativeState === 'unmanaged')
  )
}
