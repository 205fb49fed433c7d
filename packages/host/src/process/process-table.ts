import { readdirSync, readFileSync } from 'node:fs'

/**
 * Processes by what identifies them: a pid is reused, a pid together with its start time (field 22 of
 * /proc/PID/stat, in clock ticks since boot) and the boot id isn't. proc_pid_stat(5), random(4).
 */
export interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  /** Clock ticks since boot, as text. */
  readonly start: string
  /** `Z` and `X` are dead. */
  readonly state: string
  /** Clock ticks of it and of its reaped children. */
  readonly cpuTicks: number
  readonly residentPages: number
}

/** null when there is no such process. */
export function readProcess(pid: number): ProcessEntry | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return null
  }
}

/** The second field is the program's name in parentheses and may itself hold blanks and parentheses. */
export function parseStat(text: string): ProcessEntry | null {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 0 || close < open) return null
  const pid = Number(text.slice(0, open))
  const fields = text.slice(close + 2).split(' ')
  const [state, parent] = fields
  const start = fields[19]
  if (!Number.isSafeInteger(pid) || state === undefined || parent === undefined || start === undefined)
    return null
  return {
    pid,
    parent: Number(parent),
    start,
    state,
    cpuTicks: Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14]),
    residentPages: Number(fields[21]),
  }
}

/** Whether exactly this process still lives. A zombie doesn't. */
export function isAlive(identity: { readonly pid: number; readonly start: string }): boolean {
  const entry = readProcess(identity.pid)
  return entry !== null && entry.start === identity.start && entry.state !== 'Z' && entry.state !== 'X'
}

/** Every process of the machine, parents and children, at about this moment. */
export function readProcessTable(): Map<number, ProcessEntry> {
  const table = new Map<number, ProcessEntry>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const entry = readProcess(pid)
    if (entry) table.set(pid, entry)
  }
  return table
}

export function childrenOf(table: ReadonlyMap<number, ProcessEntry>, pid: number): ProcessEntry[] {
  return [...table.values()].filter(entry => entry.parent === pid)
}

/** Who is whose child, for looking at many trees of one table. */
export function indexByParent(table: ReadonlyMap<number, ProcessEntry>): Map<number, ProcessEntry[]> {
  return Map.groupBy(table.values(), entry => entry.parent)
}

/** `pid` itself not included. Orphans of a PID namespace hang below its first process, so that none is missed. */
export function descendantsOf(
  byParent: ReadonlyMap<number, readonly ProcessEntry[]>,
  pid: number,
): ProcessEntry[] {
  const found: ProcessEntry[] = []
  const open = [pid]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const child of byParent.get(next) ?? []) {
      found.push(child)
      open.push(child.pid)
    }
  }
  return found
}

/** The arguments of a process, or null when it is gone or none of ours to read. */
export function commandLine(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return text.split('\0').slice(0, -1)
  } catch {
    return null
  }
}
