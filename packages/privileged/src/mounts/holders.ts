import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { type MountEntry, readMountTable } from './mount-table.ts'

/** Something that keeps a file system from being unmounted, as a person may look for it. */
export interface Holder {
  readonly pid: number
  readonly command: string
}

/**
 * The processes that use a file of a mounted file system: by working folder, root, program, open file or mapping. Those
 * that this process may not look into are missing. `device` is that of the mount, `major:minor`.
 */
export function findHolders(mount: MountEntry): Holder[] {
  const holders: Holder[] = []
  const device = deviceNumber(mount.device)
  for (const name of readdirSync('/proc')) {
    if (!/^[1-9][0-9]*$/.test(name)) continue
    if (holds(`/proc/${name}`, device, mount.device))
      holders.push({ pid: Number(name), command: commandOf(`/proc/${name}`) })
  }
  return holders
}

/** File systems that are mounted inside of this one. */
export function mountsInside(mount: MountEntry): string[] {
  return readMountTable()
    .map(entry => entry.mountPoint)
    .filter(mountPoint => mountPoint.startsWith(`${mount.mountPoint}/`))
}

function holds(process: string, device: bigint, name: string): boolean {
  if (['cwd', 'root', 'exe'].some(link => isOn(`${process}/${link}`, device))) return true
  if (list(`${process}/fd`).some(descriptor => isOn(`${process}/fd/${descriptor}`, device))) return true
  const [major, minor] = name.split(':').map(part => Number(part).toString(16).padStart(2, '0'))
  return read(`${process}/maps`).includes(` ${major}:${minor} `)
}

/** Follows the link that the kernel made; opens nothing. */
function isOn(link: string, device: bigint): boolean {
  try {
    // Sockets and pipes have no file: asking where the link points to is cheaper than to stat them.
    return readlinkSync(link).startsWith('/') && statSync(link, { bigint: true }).dev === device
  } catch {
    return false
  }
}

/** As stat(2) gives it: makedev(3). */
function deviceNumber(text: string): bigint {
  const [major = 0n, minor = 0n] = text.split(':').map(BigInt)
  return (minor & 0xffn) | ((major & 0xfffn) << 8n) | ((minor & ~0xffn) << 12n) | ((major & ~0xfffn) << 32n)
}

/** What the process calls itself: it may say anything, so that it is cut and cleaned. */
function commandOf(process: string): string {
  const words = read(`${process}/cmdline`).split('\u0000').join(' ').trim() || read(`${process}/comm`).trim()
  return words.replace(/[^\u0020-\u007e]+/g, '?').slice(0, 80)
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
