import { unitNames } from '@left4me/privileged'

/** Which of an instance's two units: the game, or the mount of its layers. */
export type UnitKind = 'server' | 'overlay'

const unitsPath = '/org/freedesktop/systemd1/unit/'

export function unitNameOf(kind: UnitKind, instanceId: number): string {
  return `${unitNames[kind]}@${instanceId}.service`
}

/** All units of a kind, as a pattern of systemd's (glob(7)). */
export function unitPatternOf(kind: UnitKind): string {
  return `${unitNames[kind]}@*.service`
}

/** null for a unit that is neither, or whose instance isn't one of the application's numbers. */
export function parseUnitName(name: string): { kind: UnitKind; instanceId: number } | null {
  for (const kind of ['server', 'overlay'] as const) {
    const prefix = `${unitNames[kind]}@`
    if (!name.startsWith(prefix) || !name.endsWith('.service')) continue
    const instanceId = parseInstanceId(name.slice(prefix.length, -'.service'.length))
    if (instanceId !== null) return { kind, instanceId }
  }
  return null
}

/** An instance is named by its number, in decimal digits. */
export function parseInstanceId(name: string): number | null {
  return /^[1-9]\d{0,14}$/.test(name) ? Number(name) : null
}

/** Where a unit is on the bus: what isn't a letter or a digit is escaped; sd_bus_path_encode(3). */
export function unitPathOf(name: string): string {
  const escaped = Array.from(Buffer.from(name, 'utf8'), (byte, index) => {
    const character = String.fromCharCode(byte)
    const plain = index === 0 ? /[A-Za-z]/ : /[A-Za-z0-9]/
    return plain.test(character) ? character : `_${byte.toString(16).padStart(2, '0')}`
  })
  return `${unitsPath}${escaped.join('')}`
}

/** null when the path isn't a unit's. */
export function unitNameOfPath(path: string): string | null {
  if (!path.startsWith(unitsPath)) return null
  const escaped = path.slice(unitsPath.length)
  return escaped.replace(/_([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
