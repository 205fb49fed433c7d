/**
 * Readers of a control group's files; kernel, admin-guide/cgroup-v2.rst. Each takes a file's text and passes over what it
 * doesn't know: newer kernels add lines and keys.
 */

/** `KEY VALUE` a line: cpu.stat. */
export function parseFlatKeyed(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [key = '', value = '', ...rest] = line.split(' ')
    const number = parseWhole(value)
    if (key !== '' && number !== null && rest.length === 0) values.set(key, number)
  }
  return values
}

/** One number, or `max` for none: memory.max. null for anything else, too. */
export function parseSingle(text: string): number | null {
  return parseWhole(text.replace(/\n$/, ''))
}

export interface DeviceTraffic {
  /** `MAJOR:MINOR`. */
  readonly device: string
  readonly readBytes: number
  readonly writtenBytes: number
}

/** `MAJOR:MINOR KEY=VALUE …` a line: io.stat. */
export function parseTraffic(text: string): DeviceTraffic[] {
  const devices: DeviceTraffic[] = []
  for (const line of text.split('\n')) {
    const [device = '', ...pairs] = line.split(' ')
    if (!/^\d{1,10}:\d{1,10}$/.test(device)) continue
    const values = new Map(pairs.map(pair => splitPair(pair)))
    const readBytes = parseWhole(values.get('rbytes') ?? '')
    const writtenBytes = parseWhole(values.get('wbytes') ?? '')
    if (readBytes !== null && writtenBytes !== null) devices.push({ device, readBytes, writtenBytes })
  }
  return devices
}

/** The share of the last ten seconds in which something waited, 0 to 1: `some avg10=PERCENT …`; kernel, accounting/psi.rst. */
export function parsePressure(text: string): number | null {
  const percent = /^some avg10=(\d{1,3}(?:\.\d{1,4})?) /m.exec(text)?.[1]
  return percent === undefined ? null : Math.min(1, Number(percent) / 100)
}

/** A number a line: cgroup.procs. A 0 is a process that isn't in our PID namespace. */
export function parseProcesses(text: string): number[] {
  return text.split('\n').flatMap(line => {
    const pid = parseWhole(line)
    return pid === null || pid === 0 ? [] : [pid]
  })
}

function splitPair(pair: string): [string, string] {
  const [key = '', value = ''] = pair.split('=', 2)
  return [key, value]
}

function parseWhole(text: string): number | null {
  if (!/^\d{1,20}$/.test(text)) return null
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : null
}
