import { DeployError } from '../deploy-error.ts'
import { formatCpuList, parseCpuList } from './cpu-list.ts'

/** The processors of a machine that are online, by the physical core that they share; lowest first, each in one core. */
export type Topology = readonly (readonly number[])[]

/** What a machine is asked, to be read by `parseTopology`. Needs no privilege. */
export const topologyCommand =
  'grep -H . /sys/devices/system/cpu/cpu[0-9]*/topology/thread_siblings_list' as const

/**
 * Reads what `topologyCommand` prints: `/sys/devices/system/cpu/cpu0/topology/thread_siblings_list:0,4`, a line for each
 * processor. One that is offline has no line. Throws `DeployError` (`unreadable-facts`) for anything else, and when the
 * lines contradict each other. https://docs.kernel.org/admin-guide/cputopology.html
 */
export function parseTopology(text: string): Topology {
  const siblings = new Map<number, string>()
  for (const line of text.split('\n').filter(Boolean)) {
    const match =
      /^\/sys\/devices\/system\/cpu\/cpu(\d{1,4})\/topology\/thread_siblings_list:([\d,-]+)$/.exec(line)
    if (match?.[1] === undefined || match[2] === undefined) throw unreadable(line)
    const list = parseCpuList(match[2])
    const number = Number(match[1])
    if (!list.includes(number) || siblings.has(number)) throw unreadable(line)
    siblings.set(number, formatCpuList(list))
  }
  if (siblings.size === 0) throw unreadable(text)
  const cores = [...new Set(siblings.values())].map(parseCpuList)
  for (const core of cores) {
    const shared = formatCpuList(core)
    if (core.some(number => siblings.get(number) !== shared)) throw unreadable(shared)
  }
  return cores.sort(([a = 0], [b = 0]) => a - b)
}

function unreadable(text: string): DeployError {
  return new DeployError(
    'unreadable-facts',
    `What the machine says about its cores can't be understood: ${JSON.stringify(text.slice(0, 120))}.`,
    { remedy: `Run this on the machine and see: ${topologyCommand}` },
  )
}
