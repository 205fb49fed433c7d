import type { FactProbe } from '@left4me/converge'
import { serviceUserId } from '@left4me/privileged'
import { parseTopology, topologyCommand } from '../../src/cores/topology.ts'
import { DeployError } from '../../src/deploy-error.ts'

/** What the machine is asked: `HostFactsMetadata`. */
export const facts: readonly FactProbe[] = [
  {
    path: 'host/topology',
    script: topologyCommand,
    parse: output => {
      parseTopology(output)
      return output
    },
  },
  { path: 'host/memory', script: 'grep MemTotal: /proc/meminfo', parse: mebibytes },
  {
    path: 'host/account_conflict',
    script: ['passwd', 'group']
      .map(kind => `getent ${kind} left4me ${serviceUserId} | sed 's/^/${kind} /'`)
      .join('; '),
    parse: accountConflict,
  },
]

/**
 * Why left4me can't have its number here, or null. An account that exists keeps its number: files and running servers
 * belong to it. passwd(5), group(5)
 */
export function accountConflict(output: string): string | null {
  for (const line of output.split('\n').filter(Boolean)) {
    const [kind = '', name = '', , first, second] = line.replace(' ', ':').split(':')
    const number = Number(kind === 'passwd' || kind === 'group' ? first : undefined)
    const what = kind === 'passwd' ? 'user' : 'group'
    if (name === 'left4me' && number !== serviceUserId)
      return `The ${what} left4me has the number ${number} on this host instead of ${serviceUserId}. Stop what runs as it, change its number by ${what}mod and its files' by chown, or remove it.`
    if (name !== 'left4me' && number === serviceUserId)
      return `The number ${serviceUserId} is that of the ${what} ${name} on this host, and left4me's is pinned to it. Give ${name} another one by ${what}mod.`
    if (kind === 'passwd' && name === 'left4me' && Number(second) !== serviceUserId)
      return `The user left4me has another group on this host than ${serviceUserId}. Change it by usermod --gid.`
  }
  return null
}

/** proc_meminfo(5): `MemTotal:       16301300 kB`. */
function mebibytes(output: string): number {
  const kibibytes = /^MemTotal:\s+(\d{1,15}) kB\s*$/.exec(output)?.[1]
  if (kibibytes === undefined) {
    throw new DeployError(
      'unreadable-facts',
      `What the machine says about its memory can't be understood: ${JSON.stringify(output.slice(0, 120))}.`,
      { remedy: 'Run this on the machine and see: grep MemTotal: /proc/meminfo' },
    )
  }
  return Math.floor(Number(kibibytes) / 1024)
}
