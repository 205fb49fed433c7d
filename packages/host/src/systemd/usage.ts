import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InstanceUsage } from '../host.ts'
import { parseFlatKeyed, parsePressure, parseProcesses, parseSingle, parseTraffic } from './usage-files.ts'

const pageSize = 4096

export interface UsageReaderOptions {
  /** `/sys/fs/cgroup`, `/proc` and `/sys/dev/block`, unless told. */
  readonly controlGroups?: string
  readonly processes?: string
  readonly blockDevices?: string
}

/**
 * What units use, by the kernel's own account. Starts no process and needs no privilege; reads synchronously, for these
 * files are made by the kernel as they are read: a dozen a unit, a fifth of a millisecond.
 */
export class UsageReader {
  readonly #controlGroups: string
  readonly #processes: string
  readonly #blockDevices: string
  /** Whether a device lies on others, where the same bytes are counted again. */
  readonly #stacked = new Map<string, boolean>()

  constructor(options: UsageReaderOptions = {}) {
    this.#controlGroups = options.controlGroups ?? '/sys/fs/cgroup'
    this.#processes = options.processes ?? '/proc'
    this.#blockDevices = options.blockDevices ?? '/sys/dev/block'
  }

  /**
   * `controlGroup`: the unit's, for example `/l4d2.slice/l4d2-game.slice/left4me-server@1.service`. null when nothing runs in it. Where the kernel's controllers
   * aren't there, as in a container, memory and processes are those of /proc and the rest isn't known.
   */
  read(controlGroup: string): InstanceUsage | null {
    const folder = join(this.#controlGroups, controlGroup)
    const file = (name: string) => readIfThere(join(folder, name))
    const number = (name: string) => parseSingle(file(name) ?? '')

    const cpuText = file('cpu.stat')
    if (cpuText === null) return null
    const cpu = parseFlatKeyed(cpuText)
    const counted = { memoryBytes: number('memory.current'), processes: number('pids.current') }
    const { memoryBytes, processes } = isComplete(counted) ? counted : this.#look(file('cgroup.procs') ?? '')
    if (processes === 0) return null
    const throttled = cpu.get('throttled_usec')
    return {
      cpuSeconds: (cpu.get('usage_usec') ?? 0) / 1e6,
      memoryBytes,
      processes,
      memoryHighBytes: number('memory.high'),
      memoryLimitBytes: number('memory.max'),
      processLimit: number('pids.max'),
      throttledSeconds: throttled === undefined ? null : throttled / 1e6,
      ...this.#traffic(file('io.stat')),
      pressure: pressureOf(file),
    }
  }

  #look(list: string): { memoryBytes: number; processes: number } {
    const pids = parseProcesses(list)
    let pages = 0
    for (const pid of pids) {
      // proc_pid_statm(5): the second is what is in memory.
      const fields = (readIfThere(join(this.#processes, String(pid), 'statm')) ?? '').split(' ')
      pages += parseSingle(fields[1] ?? '') ?? 0
    }
    return { memoryBytes: pages * pageSize, processes: pids.length }
  }

  #traffic(text: string | null): Pick<InstanceUsage, 'readBytes' | 'writtenBytes'> {
    if (text === null) return { readBytes: null, writtenBytes: null }
    let readBytes = 0
    let writtenBytes = 0
    for (const traffic of parseTraffic(text)) {
      if (this.#isStacked(traffic.device)) continue
      readBytes += traffic.readBytes
      writtenBytes += traffic.writtenBytes
    }
    return { readBytes, writtenBytes }
  }

  #isStacked(device: string): boolean {
    const known = this.#stacked.get(device)
    if (known !== undefined) return known
    let stacked = false
    try {
      stacked = readdirSync(join(this.#blockDevices, device, 'slaves')).length > 0
    } catch {
      // No such folder: a device by itself.
    }
    this.#stacked.set(device, stacked)
    return stacked
  }
}

function isComplete(counted: {
  memoryBytes: number | null
  processes: number | null
}): counted is { memoryBytes: number; processes: number } {
  return counted.memoryBytes !== null && counted.processes !== null
}

function pressureOf(file: (name: string) => string | null): InstanceUsage['pressure'] {
  const [cpu, memory, io] = (['cpu', 'memory', 'io'] as const).map(kind =>
    parsePressure(file(`${kind}.pressure`) ?? ''),
  )
  return typeof cpu === 'number' && typeof memory === 'number' && typeof io === 'number'
    ? { cpu, memory, io }
    : null
}

/** null, too, where the kernel has the file but not what it tells of. */
function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
