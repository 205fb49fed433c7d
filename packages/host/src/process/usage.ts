import type { InstanceStatus, InstanceUsage } from '../host.ts'
import { descendantsOf, indexByParent, type ProcessEntry, readProcessTable } from './process-table.ts'

/** Kernel's USER_HZ, 100 on every architecture that Linux has; time(7). */
const ticksPerSecond = 100
const pageSize = 4096
/** One look at all processes serves every instance that is asked about within this time. Milliseconds. */
const tableLife = 500

/** Sums over all processes of a server's PID namespace. */
export class UsageReader {
  #table: ReadonlyMap<number, ProcessEntry> = new Map()
  #byParent: ReadonlyMap<number, ProcessEntry[]> = new Map()
  #readAt = 0

  /** null when the process is gone, or another one has its number. */
  read(status: InstanceStatus): InstanceUsage | null {
    const { pid, processStart } = status
    if (pid === null || processStart === null) return null
    if (Date.now() - this.#readAt > tableLife || !this.#table.has(pid)) {
      this.#table = readProcessTable()
      this.#byParent = indexByParent(this.#table)
      this.#readAt = Date.now()
    }
    const main = this.#table.get(pid)
    if (!main || main.start !== processStart.split('@')[0]) return null
    // srcds_run's parent owns the terminal; that one's parent is the first process of the namespace.
    const terminal = this.#table.get(main.parent)
    const init = terminal ? this.#table.get(terminal.parent) : undefined
    if (!init) return null
    const processes = [init, ...descendantsOf(this.#byParent, init.pid)]
    let ticks = 0
    let pages = 0
    for (const entry of processes) {
      ticks += entry.cpuTicks
      pages += entry.residentPages
    }
    return {
      cpuSeconds: ticks / ticksPerSecond,
      memoryBytes: pages * pageSize,
      processes: processes.length,
      memoryHighBytes: null,
      memoryLimitBytes: null,
      processLimit: null,
      throttledSeconds: null,
      readBytes: null,
      writtenBytes: null,
      pressure: null,
    }
  }
}
