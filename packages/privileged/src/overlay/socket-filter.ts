import { readFileSync } from 'node:fs'
import { derivedPorts } from '../derived-ports.ts'
import { HelperError } from '../helper-error.ts'
import { programs, startCommand } from '../program/run-command.ts'

/** What a server may bind, as systemd.resource-control(5) spells it. */
export function allowedPorts(port: number): string[] {
  const { client, television, steam } = derivedPorts(port)
  return [`udp:${port}`, `tcp:${port}`, `udp:${client}`, `udp:${television}`, `udp:${steam}`]
}

/**
 * Lets a server bind its own ports and no others (its unit denies all the rest). Until the next boot; systemd applies it
 * to the unit without a reload. Asks systemd only if it isn't so already. Rejects with `HelperError` (`systemd-failed`).
 */
export async function allowPorts(unit: string, port: number): Promise<void> {
  const wanted = allowedPorts(port)
  if (isAllowed(readSetting(unit), wanted)) return
  const { code, stderr } = await startCommand(programs.systemctl, [
    'set-property',
    '--runtime',
    unit,
    // Empties the list.
    'SocketBindAllow=',
    ...wanted.map(item => `SocketBindAllow=${item}`),
  ])
  if (code !== 0)
    throw new HelperError('systemd-failed', `The ports of ${unit} could not be set: ${stderr.trim()}`, {
      remedy: `See what systemd says; as root: systemctl status ${unit}`,
    })
}

/** Whether the drop-in that systemctl wrote allows exactly these. What isn't understood counts as not allowed. */
export function isAllowed(dropIn: string, wanted: readonly string[]): boolean {
  const lines = dropIn.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  const settings = ['[Service]', ...wanted.map(item => `SocketBindAllow=${item}`)]
  return lines.toSorted().join('\n') === settings.toSorted().join('\n')
}

/** Where systemctl(1) keeps what `set-property --runtime` has set. */
function readSetting(unit: string): string {
  try {
    return readFileSync(`/run/systemd/system.control/${unit}.d/50-SocketBindAllow.conf`, 'utf8')
  } catch {
    return ''
  }
}
