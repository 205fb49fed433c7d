import { createSocket } from 'node:dgram'
import { statfsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { cpus, hostname, loadavg, networkInterfaces, release, totalmem } from 'node:os'
import type { Machine } from './host.ts'

/** Nobody's, outside of every local network: RFC 5737. */
const documentationAddress = '192.0.2.1'

/** `folder`: whose file system's room is told. */
export async function describeMachine(folder: string): Promise<Machine> {
  const disk = statfsSync(folder)
  const [one = 0, five = 0, fifteen = 0] = loadavg()
  return {
    hostname: hostname(),
    address: await publicAddress(),
    kernel: release(),
    // Not `availableParallelism`: left4me itself may be pinned to a few of them.
    cores: cpus().length,
    pinning: null,
    loadAverage: [one, five, fifteen],
    memory: { total: totalmem(), available: await availableMemory() },
    disk: { total: disk.blocks * disk.bsize, available: disk.bavail * disk.bsize },
  }
}

/** What the kernel believes could be had without swapping (proc_meminfo(5)); `freemem` leaves the page cache out. */
async function availableMemory(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'latin1')
  return Number(/^MemAvailable:\s*(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024
}

async function publicAddress(): Promise<string> {
  for (const addresses of Object.values(interfacesIfAllowed()))
    for (const address of addresses ?? [])
      if (address.family === 'IPv4' && !address.internal && !address.address.startsWith('169.254.'))
        return address.address
  return (await routedAddress()) ?? '127.0.0.1'
}

/** They are asked for by netlink(7), which a sandboxed unit may not use. */
function interfacesIfAllowed(): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces()
  } catch {
    return {}
  }
}

/** What the kernel would put into packets to the world as our address. Connecting a UDP socket sends none; udp(7). */
async function routedAddress(): Promise<string | null> {
  const socket = createSocket('udp4')
  try {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    socket.once('error', reject)
    socket.connect(9, documentationAddress, resolve)
    await promise
    const { address } = socket.address()
    return address === '0.0.0.0' || address.startsWith('127.') ? null : address
  } catch {
    return null
  } finally {
    socket.close()
  }
}
