import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

/** What figures depend on besides the code. */
export interface MachineDescription {
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly kernel: string
  readonly distribution: string
  readonly node: string
  /** Processes that wanted a core over the last minute, before the first benchmark: other work on the machine. */
  readonly loadBefore: number
}

export function describeMachine(): MachineDescription {
  const processors = cpus()
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    kernel: release(),
    distribution: distribution(),
    node: process.versions.node,
    loadBefore: loadavg()[0] ?? 0,
  }
}

function distribution(): string {
  try {
    const text = readFileSync('/etc/os-release', 'utf8')
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? 'unknown'
  } catch {
    return 'unknown'
  }
}
