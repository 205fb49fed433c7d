import { DeployError } from '../deploy-error.ts'
import { formatCpuList } from './cpu-list.ts'
import type { Topology } from './topology.ts'

/** Which processors each part of a host may use. Together all of them, and none both the games' and another's. */
export interface CoreAssignment {
  readonly games: readonly number[]
  /** Scripts share the system's: whatever they do, no game waits for them. */
  readonly builds: readonly number[]
  readonly system: readonly number[]
}

export type CoreDecision =
  | { readonly pinned: true; readonly assignment: CoreAssignment }
  | { readonly pinned: false; readonly remark: string }

/**
 * Divides a machine. Without `systemCpus` the system gets the first physical core with all its threads and the games get
 * the others; a machine of one core isn't divided. Throws `DeployError` (`bad-cores`) when a core that is asked for isn't
 * there (systemd would accept it in silence), when none is left for games, or when one physical core would be cut in two:
 * threads of a core slow each other down. Changes nothing.
 */
export function assignCores(topology: Topology, systemCpus?: readonly number[]): CoreDecision {
  const all = topology.flat()
  const [first] = topology
  if (first === undefined)
    throw new DeployError('bad-cores', 'The machine has no cores.', { remedy: 'Ask it again.' })
  if (systemCpus === undefined && topology.length === 1) {
    return {
      pinned: false,
      remark:
        'This machine has one core: games, builds and the system share it, and only their weights keep games first.',
    }
  }
  const system = [...new Set(systemCpus ?? first)].sort((a, b) => a - b)
  const missing = system.filter(number => !all.includes(number))
  if (missing.length > 0 || system.length === 0) {
    throw new DeployError(
      'bad-cores',
      system.length === 0
        ? 'No core is named for the system.'
        : `Core ${formatCpuList(missing)} isn't there: this machine has ${formatCpuList(all)}.`,
      { remedy: `Name some of ${formatCpuList(all)} in system_cpus, or leave it out.` },
    )
  }
  const cut = topology.find(
    core => core.some(n => system.includes(n)) && !core.every(n => system.includes(n)),
  )
  if (cut) {
    throw new DeployError(
      'bad-cores',
      `Processors ${formatCpuList(cut)} are threads of one core: the system can have it whole or not at all.`,
      { remedy: `Name all of ${formatCpuList(cut)} in system_cpus, or none.` },
    )
  }
  const games = all.filter(number => !system.includes(number)).sort((a, b) => a - b)
  if (games.length === 0) {
    throw new DeployError(
      'bad-cores',
      `With ${formatCpuList(system)} for the system no core is left for games.`,
      {
        remedy: topology.length === 1 ? 'Leave system_cpus out.' : 'Name fewer cores in system_cpus.',
      },
    )
  }
  return { pinned: true, assignment: { games, builds: system, system } }
}
