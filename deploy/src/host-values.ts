import { assignCores } from './cores/assign-cores.ts'
import { coreDropIns } from './cores/core-drop-ins.ts'
import { parseCpuList } from './cores/cpu-list.ts'
import { parseTopology } from './cores/topology.ts'
import { DeployError } from './deploy-error.ts'
import { divideMemory, memoryDropIns } from './memory/divide-memory.ts'
import { logListenerFragment } from './network/log-listener.ts'
import { noMarksFragment } from './network/no-marks.ts'
import { type PortRange, portEnvironment, type ServerPorts, serverPorts } from './network/port-ranges.ts'
import { type CakePreset, checkTrafficShaping } from './network/traffic-shaping.ts'
import type { HostFile } from './units/host-file.ts'

/** What the machine says about itself. */
export interface HostFacts {
  /** What `topologyCommand` prints. */
  readonly topology: string
  /** MiB. */
  readonly memory: number
}

/** What the host's description says. */
export interface HostWishes {
  readonly gamePorts: PortRange
  /** A list of cores, `0,4`. Unless it is told, the first physical core. */
  readonly systemCpus?: string
  /** MiB. */
  readonly serverMemoryMax?: number
  /** UDP port of the web application's log listener, where it has one. */
  readonly logListenerPort?: number
  /** null where another queue is used. */
  readonly cake: CakePreset | null
  readonly marks: boolean
}

export interface HostValues {
  /** Every file that this host has because of what it is. One of left4me's names that isn't here is to be removed. */
  readonly files: readonly HostFile[]
  /** What goes into web.env. */
  readonly environment: Readonly<Record<string, string>>
  readonly ports: ServerPorts
  /** For the person who deploys: what is different here, and why. */
  readonly remarks: readonly string[]
}

/**
 * Works out what is particular to one host. All of it is checked before any of it is returned, so that a host is never
 * half changed: throws the one `DeployError`, or an `AggregateError` of all of them. Pure.
 */
export function hostValues(facts: HostFacts, wishes: HostWishes): HostValues {
  const errors: DeployError[] = []
  const attempt = <T>(work: () => T): T | null => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof DeployError)) throw error
      errors.push(error)
      return null
    }
  }

  const decision = attempt(() => {
    const topology = parseTopology(facts.topology)
    return assignCores(
      topology,
      wishes.systemCpus === undefined ? undefined : parseCpuList(wishes.systemCpus),
    )
  })
  const memory = attempt(() => memoryDropIns(divideMemory(facts.memory, wishes.serverMemoryMax)))
  const ports = attempt(() => serverPorts(wishes.gamePorts))
  const { logListenerPort } = wishes
  const listener =
    ports && logListenerPort !== undefined ? attempt(() => logListenerFragment(logListenerPort, ports)) : null
  attempt(() => checkTrafficShaping(wishes))

  const [only, ...more] = errors
  if (only && more.length > 0)
    throw new AggregateError(errors, errors.map(error => `${error.message} ${error.remedy}`).join('\n'))
  if (only) throw only
  if (!decision || !memory || !ports) throw new Error('nothing was refused, and yet something is missing')
  return {
    files: [
      ...(decision.pinned ? coreDropIns(decision.assignment) : []),
      ...memory,
      ...(listener ? [listener] : []),
      ...(wishes.marks ? [] : [noMarksFragment()]),
    ],
    environment: portEnvironment(ports),
    ports,
    remarks: decision.pinned ? [] : [decision.remark],
  }
}
