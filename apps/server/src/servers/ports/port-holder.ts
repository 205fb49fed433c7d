import { readdir, readFile, readlink } from 'node:fs/promises'

export interface PortHolder {
  readonly pid: number
  /** As the kernel calls it (15 characters at most). */
  readonly name: string
}

/** A listening TCP socket in /proc/net/tcp: https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html */
const listening = '0A'

/**
 * The process that holds a port of this machine, or null when none is found: the kernel shows the sockets of other
 * users' processes only to root, and those of other network namespaces to nobody.
 */
export async function findPortHolder(port: number): Promise<PortHolder | null> {
  const inodes = await socketsOf(port)
  if (inodes.size === 0) return null
  for (const entry of await readdir('/proc')) {
    if (/^\d+$/.test(entry) && (await holdsOneOf(entry, inodes))) {
      return { pid: Number(entry), name: await nameOf(entry) }
    }
  }
  return null
}

/** For a person: “srcds_linux (pid 123)”. */
export async function describePortHolder(port: number): Promise<string> {
  const holder = await findPortHolder(port).catch(() => null)
  return holder === null ? 'another program' : `${holder.name} (pid ${holder.pid})`
}

async function socketsOf(port: number): Promise<Set<string>> {
  const inodes = new Set<string>()
  for (const table of ['tcp', 'tcp6', 'udp', 'udp6']) {
    const text = await readFile(`/proc/net/${table}`, 'utf8').catch(() => '')
    for (const line of text.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/)
      const [, local = '', , state] = fields
      const inode = fields[9]
      const held = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16) === port
      if (held && inode !== undefined && (table.startsWith('udp') || state === listening)) inodes.add(inode)
    }
  }
  return inodes
}

async function holdsOneOf(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const descriptor of descriptors) {
    const link = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
    const inode = /^socket:\[(\d+)\]$/.exec(link)?.[1]
    if (inode !== undefined && inodes.has(inode)) return true
  }
  return false
}

async function nameOf(pid: string): Promise<string> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  return name.replace(/[^\x20-\x7e]/g, '').trim() || 'a program'
}
