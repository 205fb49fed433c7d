import { readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'
import { childrenOf, type ProcessEntry } from './process-table.ts'

/**
 * The processes that make up one running server, from outside to inside:
 *
 * - holder: `unshare`, which created the namespaces. It and everything below it die together.
 * - init: `sh stage.sh`, the first process of the PID namespace. Killing it kills all the others.
 * - terminal: `script`, which owns the pseudo-terminal.
 * - main: `srcds_run`.
 */
export interface ServerTree {
  readonly init: ProcessEntry
  readonly terminal: ProcessEntry | null
  readonly main: ProcessEntry | null
}

/** null while the holder hasn't forked yet, or no longer. */
export function serverTree(table: ReadonlyMap<number, ProcessEntry>, holderPid: number): ServerTree | null {
  const init = childrenOf(table, holderPid).find(entry => isFirstOfNamespace(entry.pid))
  if (!init) return null
  const terminal = oldest(childrenOf(table, init.pid))
  const main = terminal ? oldest(childrenOf(table, terminal.pid)) : null
  return { init, terminal, main }
}

const shells = ['sh', 'dash', 'bash', 'busybox']

/** Whether a process is a shell that has children. */
export function isWaitingShell(table: ReadonlyMap<number, ProcessEntry>, pid: number): boolean {
  try {
    return shells.includes(basename(readlinkSync(`/proc/${pid}/exe`))) && childrenOf(table, pid).length > 0
  } catch {
    return false
  }
}

/** Whether a process sits in the same PID namespace as we do: only then has it a single number. */
export function isOutsideNamespaces(pid: number): boolean {
  return namespacePids(pid).length === 1
}

function isFirstOfNamespace(pid: number): boolean {
  const pids = namespacePids(pid)
  return pids.length > 1 && pids.at(-1) === '1'
}

function namespacePids(pid: number): string[] {
  try {
    const match = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
    return match?.[1]?.split(/\s+/) ?? []
  } catch {
    return []
  }
}

/** Orphans of the game come later as children of the namespace's first process: the one that the stage made is the oldest. */
function oldest(entries: readonly ProcessEntry[]): ProcessEntry | null {
  return entries.toSorted((a, b) => Number(a.start) - Number(b.start) || a.pid - b.pid)[0] ?? null
}
