/** One row of the answer to `stats`; null for a column that this server doesn't print. */
export interface ServerStats {
  /** Percent of one core. */
  readonly cpu: number | null
  /** Kilobytes a second into and out of the server. */
  readonly inRate: number | null
  readonly outRate: number | null
  /** Minutes since the process started. */
  readonly uptimeMinutes: number | null
  readonly mapChanges: number | null
  /** Server frames a second: the tick rate while the server keeps up. */
  readonly framesPerSecond: number | null
  readonly players: number | null
  /** Connections since the process started. */
  readonly connects: number | null
}

type Column = keyof ServerStats | 'other'

/** Labels as engines of different age print them. */
const labels: readonly (readonly [string, Column])[] = [
  ['In (KB/s)', 'inRate'],
  ['Out (KB/s)', 'outRate'],
  ['Map changes', 'mapChanges'],
  ['CPU', 'cpu'],
  ['NetIn', 'inRate'],
  ['NetOut', 'outRate'],
  ['In', 'inRate'],
  ['Out', 'outRate'],
  ['Uptime', 'uptimeMinutes'],
  ['Maps', 'mapChanges'],
  ['FPS', 'framesPerSecond'],
  ['Players', 'players'],
  ['Connects', 'connects'],
]

/**
 * Reads the answer to `stats`: a header and one row. null when the row isn't there or doesn't fit the header, which means
 * that the answer was cut, not that everything is zero.
 *
 *     CPU    In (KB/s)  Out (KB/s)  Uptime  Map changes  FPS      Players  Connects
 *     0.00   0.00       0.00        5093    7            62.44    0        1
 */
export function parseStats(text: string): ServerStats | null {
  const lines = text.split('\n').map(line => line.trim())
  const headerAt = lines.findIndex(line => line.startsWith('CPU'))
  const header = lines[headerAt]
  const row = lines[headerAt + 1]
  if (header === undefined || row === undefined || header.length > 500) return null
  const columns = readHeader(header)
  const values = row.split(/\s+/)
  if (columns.length !== values.length || !values.every(value => /^-?\d{1,12}(?:\.\d{1,12})?$/.test(value)))
    return null
  const read = (wanted: Column) => {
    const value = values[columns.indexOf(wanted)]
    return value === undefined ? null : Number(value)
  }
  return {
    cpu: read('cpu'),
    inRate: read('inRate'),
    outRate: read('outRate'),
    uptimeMinutes: read('uptimeMinutes'),
    mapChanges: read('mapChanges'),
    framesPerSecond: read('framesPerSecond'),
    players: read('players'),
    connects: read('connects'),
  }
}

function readHeader(header: string): Column[] {
  const columns: Column[] = []
  let rest = header
  while (rest !== '') {
    const known = labels.find(([label]) => rest === label || rest.startsWith(`${label} `))
    const length = known?.[0].length ?? rest.search(/\s|$/)
    columns.push(known?.[1] ?? 'other')
    rest = rest.slice(length).trimStart()
  }
  return columns
}
