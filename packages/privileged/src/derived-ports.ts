/**
 * How far a server's further ports are from its game port. A range of game ports that is no longer than this keeps all
 * of them apart.
 */
export const derivedPortDistance = 1000

export interface DerivedPorts {
  /** `+clientport` */
  readonly client: number
  /** `+tv_port` */
  readonly television: number
  /** `-steamport` */
  readonly steam: number
}

/**
 * Ports that one server takes besides its game port. The engine's own defaults would collide: 27005 for every server's
 * client port, and 27020 for SourceTV lies among the game ports.
 */
export function derivedPorts(gamePort: number): DerivedPorts {
  return {
    client: gamePort + derivedPortDistance,
    television: gamePort + 2 * derivedPortDistance,
    steam: gamePort + 3 * derivedPortDistance,
  }
}
