import { descendantsOf, indexByParent, readProcessTable } from '../process-table.ts'

/** sysconf(3), _SC_PAGESIZE of every machine that the game runs on. */
const pageBytes = 4096

/**
 * Counts the processes below `pid` and their memory, again and again, and says which is too much. setrlimit(2) alone does
 * neither for all of them together.
 */
export function watchProcesses(options: {
  readonly pid: number | undefined
  readonly limits: { readonly memoryBytes: number; readonly processes: number; readonly interval: number }
  readonly onExceeded: (why: 'out-of-memory' | 'too-many-processes') => void
}): NodeJS.Timeout {
  const { pid, limits, onExceeded } = options
  return setInterval(() => {
    if (pid === undefined) return
    const found = descendantsOf(indexByParent(readProcessTable()), pid)
    if (found.length > limits.processes) onExceeded('too-many-processes')
    const pages = found.reduce((sum, { residentPages }) => sum + residentPages, 0)
    if (pages * pageBytes > limits.memoryBytes) onExceeded('out-of-memory')
  }, limits.interval).unref()
}
