import { readFileSync } from 'node:fs'

/** One line of mountinfo: proc_pid_mountinfo(5). */
export interface MountEntry {
  readonly mountPoint: string
  /** `major:minor`. */
  readonly device: string
  readonly type: string
  /** An overlay's, null when it has none. */
  readonly upper: string | null
  /** Whether the file system keeps quotas of projects: ext4(5), xfs(5). */
  readonly projectQuotas: boolean
}

/** What is mounted in this process's namespace, in the order of mounting. */
export function readMountTable(path = '/proc/self/mountinfo'): MountEntry[] {
  return parseMountTable(readFileSync(path, 'utf8'))
}

/** What is mounted on `mountPoint`, the last one if there are several; null if nothing is. */
export function findMountPoint(mountPoint: string): MountEntry | null {
  return readMountTable().findLast(entry => entry.mountPoint === mountPoint) ?? null
}

/** The mount that `path` lies on. Absolute, without links. */
export function findMountOf(path: string): MountEntry | null {
  const covering = readMountTable().filter(
    ({ mountPoint }) => mountPoint === '/' || mountPoint === path || path.startsWith(`${mountPoint}/`),
  )
  // Of two on one place the later one covers the other.
  return covering.toSorted((a, b) => a.mountPoint.length - b.mountPoint.length).at(-1) ?? null
}

/** Lines that can't be understood are passed over. */
export function parseMountTable(text: string): MountEntry[] {
  return text.split('\n').flatMap(line => parseLine(line) ?? [])
}

function parseLine(line: string): MountEntry | null {
  // Optional fields, of any number, end with a hyphen of its own.
  const separator = line.indexOf(' - ')
  if (separator < 0) return null
  const [, , device, , mountPoint] = line.slice(0, separator).split(' ')
  const [type, , options] = line.slice(separator + 3).split(' ')
  if (device === undefined || mountPoint === undefined || type === undefined || options === undefined)
    return null
  const all = options.split(',')
  const upper = type === 'overlay' ? all.find(option => option.startsWith('upperdir=')) : undefined
  return {
    mountPoint: decodeOctal(mountPoint),
    device,
    type,
    upper: upper === undefined ? null : decodeOctal(upper.slice('upperdir='.length)),
    projectQuotas: all.includes('prjquota'),
  }
}

/** Blanks, line breaks, backslashes and, in options, commas stand as octal numbers of bytes. */
function decodeOctal(text: string): string {
  if (!text.includes('\\')) return text
  const bytes = Buffer.from(text)
    .toString('latin1')
    .replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
