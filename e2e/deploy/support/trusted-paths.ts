import type { Bed } from '../../host/support/bed.ts'

/** Of the bed, and of the kernel. */
const notLookedAt = ['/proc', '/sys', '/dev', '/srv']

/** Folders all of whose content root executes or trusts. */
const folders = [
  ...['/etc', '/root', '/opt', '/boot', '/usr/local', '/usr/bin', '/usr/sbin', '/usr/lib', '/usr/libexec'],
  ...['/var/lib/left4me-apply', '/var/lib/left4me/app', '/var/lib/left4me/runtime', '/var/lib/certificates'],
  ...['/var/cache/left4me-helpers', '/var/spool/cron', '/run/systemd'],
]

/**
 * Every path that the service user can change as itself, or could after a chmod since it owns it; nothing below one. What
 * listens at a socket asks who is there by itself.
 */
export async function changeableByService(bed: Bed): Promise<string[]> {
  const pruned = notLookedAt.map(path => `-path ${path}`).join(' -o ')
  const text = await bed.succeed(
    `find / \\( ${pruned} \\) -prune -o ! -type l ! -type s \\( -writable -o -user left4me \\) -print -prune 2>/dev/null || true`,
    { user: 'left4me', timeoutMs: 900_000 },
  )
  return text.split('\n').filter(Boolean)
}

/**
 * Every path that root executes or trusts, links followed: all below `folders`, what is behind their links, and whatever
 * the units that run as root name: programs, arguments, environment files, drop-ins.
 */
export async function trustedByRoot(bed: Bed): Promise<string[]> {
  const units = await bed.succeed(`
    systemctl list-unit-files --type=service,timer,socket,slice,mount,path --no-legend --plain |
      cut -d' ' -f1 | sed 's/@\\./@1./' |
      xargs systemctl show --property=User,FragmentPath,DropInPaths,EnvironmentFiles,ExecCondition,ExecStartPre,ExecStart,ExecStartPost,ExecReload,ExecStop,ExecStopPost`)
  const named = units.split(/\n\n+/).flatMap(unit => pathsOfUnit(unit))
  const text = await bed.succeed(
    `{ find ${folders.join(' ')} -xdev 2>/dev/null || true; cat; } | sort -u |
      xargs --delimiter='\\n' readlink --canonicalize-missing -- | sort -u`,
    { input: `${named.join('\n')}\n`, timeoutMs: 900_000 },
  )
  return text.split('\n')
}

/** What of a unit's properties is a path; of one that runs as somebody else only where its settings come from. */
function pathsOfUnit(properties: string): string[] {
  const asRoot = /^User=(root)?$/m.test(properties)
  return properties
    .split('\n')
    .filter(line => asRoot || !line.startsWith('Exec'))
    .flatMap(line => line.slice(line.indexOf('=') + 1).split(/[ ;={}]+/))
    .map(word => word.replace(/^[-+!@:|]+/, ''))
    .filter(word => /^\/[^*%$]+$/.test(word))
}

/** Trusted paths that stand, or have a folder above them that stands, among the changeable ones. */
export function violations(trusted: readonly string[], changeable: readonly string[]): string[] {
  const open = new Set(changeable)
  return trusted.filter(path => {
    for (let above = path; above !== ''; above = above.slice(0, above.lastIndexOf('/')))
      if (open.has(above)) return true
    return open.has('/')
  })
}
