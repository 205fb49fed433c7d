import { derivedPortDistance, derivedPorts } from '@left4me/host'

export interface PortRange {
  readonly start: number
  /** Included. */
  readonly end: number
}

/** Why a range of game ports can't be used, or null. */
export function faultOfPortRange(range: PortRange): string | null {
  if (range.start > range.end) return `begins at ${range.start}, after its end ${range.end}`
  if (range.end - range.start >= derivedPortDistance) {
    return `holds ${range.end - range.start + 1} ports, but at most ${derivedPortDistance} leave room for the client and TV ports`
  }
  const highest = derivedPorts(range.end).steam
  if (highest > 65535) {
    return `ends at ${range.end}, whose client, TV and Steam ports would reach ${highest}, beyond 65535`
  }
  return null
}
