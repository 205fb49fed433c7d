import {
  action,
  type Bundle,
  defineBundle,
  defineReactor,
  directory,
  file,
  type Item,
} from '@left4me/converge'
import { interfaceScript, parseInterface } from './interface-fact.ts'
import { parseNetwork, type ShapedInterface } from './metadata.ts'
import { networkFilesScript, parseNetworkFiles } from './network-files-fact.ts'

/**
 * The queues of interfaces by CAKE: set now by tc(8), which leaves link and addresses alone, and kept in a drop-in of the
 * interface's .network file, which systemd-networkd reads when it sets the interface up again. The drop-in is written
 * only once the kernel has taken the queue: networkd gives an interface up whose queue it can't make, addresses and all.
 */
export const networkBundle: Bundle<readonly ShapedInterface[]> = defineBundle<readonly ShapedInterface[]>({
  name: 'network',
  requires: ['systemd'],
  defaults: { network: {} },
  facts: [
    { path: 'host/interface', script: interfaceScript, parse: parseInterface },
    { path: 'host/network_files', script: networkFilesScript, parse: parseNetworkFiles },
  ],
  reactors: [
    defineReactor({
      name: 'remarks',
      provides: ['remarks'],
      react: metadata => {
        const shaped = Object.keys(metadata.get<Record<string, unknown>>('network')).sort()
        const container = metadata.get<string | null>('host/container', null)
        if (container === null || shaped.length === 0) return {}
        return {
          remarks: new Set([
            `This host is a container (${container}): CAKE on ${shaped.join(', ')} is its machine's to set up, and is left out.`,
          ]),
        }
      },
    }),
  ],
  parse: parseNetwork,
  items: interfaces => interfaces.flatMap(cakeItems),
})

function cakeItems({ name, preset, bandwidth, networkFile }: ShapedInterface): Item[] {
  const folder = `/etc/systemd/network/${networkFile}.d`
  const live = `cake-${name}`
  return [
    action(live, {
      // tc tells bytes a second.
      unless: `queue=$(tc -j qdisc show dev "$1" root) || exit
for part in '"kind":"cake"' "\\"diffserv\\":\\"$2\\"" "\\"bandwidth\\":$3,"; do
  case $queue in *"$part"*) ;; *) exit 1 ;; esac
done`,
      command: 'tc qdisc replace dev "$1" root cake $4 "$2"',
      arguments: [
        name,
        preset,
        bandwidth === null ? '"unlimited"' : String(Math.floor(bandwidth.bitsPerSecond / 8)),
        bandwidth === null ? 'unlimited' : `bandwidth ${bandwidth.tc}`,
      ],
    }),
    directory(folder, { mode: '0755', owner: 'root', group: 'root' }),
    file(`${folder}/50-cake.conf`, {
      content: [
        '# Written by the deployment for this host; changes are lost with the next one.',
        '[CAKE]',
        'Parent=root',
        ...(bandwidth === null ? [] : [`Bandwidth=${bandwidth.systemd}`]),
        `PriorityQueueingPreset=${preset}`,
        '',
      ].join('\n'),
      mode: '0644',
      owner: 'root',
      group: 'root',
      needs: [`action:${live}`],
    }),
  ]
}
