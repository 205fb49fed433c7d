import { derivedPortDistance, derivedPorts } from '@left4me/privileged'
import { DeployError } from '../deploy-error.ts'

/** Both included. */
export interface PortRange {
  readonly start: number
  readonly end: number
}

/** All ports that servers take on a host, by what is behind them. No two overlap. */
export interface ServerPorts {
  /** UDP for the game, TCP for RCON. */
  readonly game: PortRange
  readonly client: PortRange
  readonly television: PortRange
  readonly steam: PortRange
}

/** Where the kernel begins to hand out ports: net.ipv4.ip_local_port_range of deploy/files/sysctl.conf. */
export const firstEphemeralPort = 32_768

/**
 * Derives the other ranges from that of the game ports. Throws `DeployError` (`bad-ports`) when it isn't a range, has more
 * than a thousand ports (they would overlap), or reaches ports that the kernel gives to whoever asks: a server could find
 * its own taken.
 */
export function serverPorts(game: PortRange): ServerPorts {
  const { start, end } = game
  const fault = faultOf(start, end)
  if (fault !== null) {
    throw new DeployError('bad-ports', `The game ports ${start} to ${end} can't be used: ${fault}.`, {
      remedy: 'Choose another range, for example 27015 to 27115.',
    })
  }
  const low = derivedPorts(start)
  const high = derivedPorts(end)
  return {
    game: { start, end },
    client: { start: low.client, end: high.client },
    television: { start: low.television, end: high.television },
    steam: { start: low.steam, end: high.steam },
  }
}

/** The lines of web.env that tell the web application. */
export function portEnvironment({ game }: ServerPorts): Record<string, string> {
  return { LEFT4ME_PORT_RANGE_START: String(game.start), LEFT4ME_PORT_RANGE_END: String(game.end) }
}

function faultOf(start: number, end: number): string | null {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) return 'ports are whole numbers'
  if (start < 1024) return 'ports below 1024 belong to the system'
  if (end < start) return 'the end comes before the start'
  if (end - start >= derivedPortDistance) return `they are more than ${derivedPortDistance}`
  const { steam } = derivedPorts(end)
  if (steam >= firstEphemeralPort)
    return `their Steam ports would reach ${steam}, and from ${firstEphemeralPort} on the kernel gives ports to anybody`
  return null
}
