import { readFileSync } from 'node:fs'

export interface MemoryUse {
  /** Resident, shared pages counted in full. */
  readonly rss: number
  /** Resident, each shared page divided among those that share it. */
  readonly pss: number
}

/** Bytes, out of /proc/PID/smaps_rollup. Throws when there is no such process. */
export function memoryOf(pid: number): MemoryUse {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const bytes = (name: string) => {
    const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
    if (kibibytes === undefined) throw new Error(`smaps_rollup of ${pid} has no ${name}`)
    return Number(kibibytes) * 1024
  }
  return { rss: bytes('Rss'), pss: bytes('Pss') }
}

/** USER_HZ, which the kernel keeps at 100 on x86-64 for programs. time(7) */
const ticksPerSecond = 100

/** Seconds of processor time that a process has used so far, in user and kernel mode, without its children. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The program's name is in parentheses and may hold anything. proc_pid_stat(5)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}
