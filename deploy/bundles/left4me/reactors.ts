import { defineReactor, type Reactor } from '@left4me/converge'
import { assignCores } from '../../src/cores/assign-cores.ts'
import { formatCpuList } from '../../src/cores/cpu-list.ts'
import { parseTopology } from '../../src/cores/topology.ts'
import { type PortRange, serverPorts } from '../../src/network/port-ranges.ts'
import { isLoopback } from './addresses.ts'
import { readLeft4me } from './metadata.ts'

/** Where nginx finds the web application. */
const webAddress = '127.0.0.1:8000'

/** No request brings more than a file of an upload overlay, 64 MiB; larger uploads come in parts. */
const largestBody = '65m'

/** What follows from the machine, and what left4me asks of the other bundles. */
export const reactors: readonly Reactor[] = [
  defineReactor({
    name: 'system-cpus',
    provides: ['left4me/system_cpus'],
    react: metadata => {
      const decision = assignCores(parseTopology(metadata.get<string>('host/topology')))
      return {
        left4me: { system_cpus: decision.pinned ? formatCpuList(decision.assignment.system) : null },
      }
    },
  }),
  defineReactor({
    name: 'log-listener',
    provides: ['left4me/log_listener/address'],
    react: metadata => {
      const addresses = metadata.get<readonly string[]>('host/interface/addresses')
      const address = addresses.find(each => !isLoopback(each))
      return address === undefined ? {} : { left4me: { log_listener: { address } } }
    },
  }),
  defineReactor({
    name: 'firewall',
    provides: ['nftables/input', 'nftables/game_ports'],
    react: metadata => {
      const range = {
        start: readLeft4me(metadata, 'port_range_start'),
        end: readLeft4me(metadata, 'port_range_end'),
      }
      const { game, television } = serverPorts(range)
      const rcon = [...readLeft4me(metadata, 'rcon_from')].map(prefix => {
        const family = prefix.includes(':') ? 'ip6' : 'ip'
        return `${family} saddr ${prefix} tcp dport ${ports(game)} accept`
      })
      const open = [game, television].map(range => `udp dport ${ports(range)} accept`)
      return {
        nftables: { input: new Set([...open, ...rcon]), game_ports: new Set([game, television].map(ports)) },
      }
    },
  }),
  defineReactor({
    name: 'web-front',
    provides: ['nginx/vhosts', 'letsencrypt/domains', 'monitoring/checks/left4me'],
    react: metadata => {
      const domain = readLeft4me(metadata, 'domain')
      return {
        nginx: {
          vhosts: {
            [domain]: {
              upstream: webAddress,
              check_path: '/health',
              denied: new Set(['/metrics']),
              proxy_secret: readLeft4me(metadata, 'proxy_secret'),
              largest_body: largestBody,
            },
          },
        },
        letsencrypt: { domains: { [domain]: { reload: 'nginx' } } },
        monitoring: { checks: { left4me: { url: `https://${domain}/health` } } },
      }
    },
  }),
  defineReactor({
    name: 'remarks',
    provides: ['remarks'],
    react: metadata => {
      const cores = assignCores(parseTopology(metadata.get<string>('host/topology')))
      const container = metadata.get<string | null>('host/container')
      return {
        remarks: new Set([
          ...(cores.pinned ? [] : [cores.remark]),
          ...(container === null ? [] : [kernelRemark(container)]),
        ]),
      }
    },
  }),
]

function kernelRemark(container: string): string {
  return `This host is a container (${container}): the kernel's settings of /etc/sysctl.d/99-left4me.conf are its machine's to make, and are left as they are.`
}

function ports({ start, end }: PortRange): string {
  return start === end ? `${start}` : `${start}-${end}`
}
