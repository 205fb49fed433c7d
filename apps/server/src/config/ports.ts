/**
 * Ports that one server takes besides its game port, each at a fixed distance so that the ranges can't overlap as long
 * as a range of game ports is shorter than that distance. The engine's own defaults would collide: 27005 for every
 * server's client port, and 27020 for SourceTV lies among the game ports.
 */
const distance = 1000

export interface DerivedPorts {
  /** `+clientport` */
  readonly client: number
  /** `+tv_port` */
  readonly television: number
  /** `-steamport` */
  readonly steam: number
}

export function derivedPorts(gamePort: number): DerivedPorts {
  return {
    client: gamePort + distance,
    television: gamePort + 2 * distance,
    steam: gamePort + 3 * distance,
  }
}

export interface PortRange {
  readonly start: number
  /** Included. */
  readonly end: number
}

/** Why a range of game ports can't be used, or null. */
export function faultOfPortRange(range: PortRange): string | null {
  if (range.start > range.end) return `begins at ${range.start}, after its end ${range.end}`
  if (range.end - range.start >= distance) {
    return `holds ${range.end - range.start + 1} ports, but at most ${distance} leave room for the client and TV ports`
  }
  const highest = derivedPorts(range.end).steam
  if (highest > 65535) {
    return `ends at ${range.end}, whose client, TV and Steam ports would reach ${highest}, beyond 65535`
  }
  return null
}
