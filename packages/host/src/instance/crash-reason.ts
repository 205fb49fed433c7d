import type { InstanceReason, InstanceStatus } from '../host.ts'
import { describeExit } from './exit.ts'

/** Lines that tell a person why a program ended, rather than how it began. */
const telling =
  /error|fatal|fault|fail|abort|assert|couldn't|cannot|can't|unable|no such|out of memory|denied|killed/i
/** Printed by every run (that of bans as long as nobody is banned), or after the fact. */
const noise =
  /^\s*$|failed to dlopen|dlopen failed|S_API FAIL|doesn't point to an existing ConVar|Parent cvar in server\.dll|couldn't exec banned_(user|ip)\.cfg|^Add "-debug"|^left4me: /

/** The last console lines that say why, at most three, oldest first. */
function tellingLines(lines: readonly string[]): string[] {
  const worth = lines.filter(line => !noise.test(line))
  const found = worth.filter(line => telling.test(line)).slice(-3)
  return (found.length > 0 ? found : worth.slice(-1)).map(line => line.trim().slice(0, 300))
}

export function crashReason(exit: InstanceStatus['lastExit'], lines: readonly string[]): InstanceReason {
  return {
    code: 'crashed',
    message: `The server ${describeExit(exit)}.${quote(lines)}`,
    remedy: null,
  }
}

/** `how` it ended, after “it”. `crashWindow` in milliseconds. */
export function startLimitReason(
  how: string,
  lines: readonly string[],
  limit: { readonly crashLimit: number; readonly crashWindow: number },
): InstanceReason {
  return {
    code: 'start-limit',
    message: `The server crashed ${limit.crashLimit} times within ${Math.round(limit.crashWindow / 1000)} seconds; the last time it ${how}.${quote(lines)}`,
    remedy: 'Look at the log, change what it names, and start the server again.',
  }
}

function quote(lines: readonly string[]): string {
  const found = tellingLines(lines)
  return found.length === 0 ? '' : ` Its console said: ${found.map(line => `“${line}”`).join(' ')}`
}
