import { statfsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { availableParallelism, hostname, loadavg, networkInterfaces, release, totalmem } from 'node:os'
import type { Machine } from '../host.ts'

/** `folder`: whose file system's room is told. */
export async function describeMachine(folder: string): Promise<Machine> {
  const disk = statfsSync(folder)
  const [one = 0, five = 0, fifteen = 0] = loadavg()
  return {
    hostname: hostname(),
    address: publicAddress(),
    kernel: release(),
    cores: availableParallelism(),
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

function publicAddress(): string {
  for (const addresses of Object.values(networkInterfaces()))
    for (const address of addresses ?? [])
      if (address.family === 'IPv4' && !address.internal && !address.address.startsWith('169.254.'))
        return address.address
  return '127.0.0.1'
}
