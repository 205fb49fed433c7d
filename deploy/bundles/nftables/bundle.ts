import {
  action,
  type Bundle,
  debianPackage,
  defineBundle,
  directory,
  nftFragment,
  service,
  unit,
} from '@left4me/converge'
import { type FirewallSettings, parseNftables } from './metadata.ts'
import { parseSshPorts, sshPortsScript } from './ssh-ports.ts'
import { firewallTable, firewallText, learningText } from './table.ts'

const folder = '/etc/nftables.d'
const name = 'host-firewall'
const load = `/usr/sbin/nft -f ${folder}/${name}.nft`

/**
 * One table that drops what comes in unless somebody asked for it. It stands beside whatever else the host has:
 * /etc/nftables.conf stays the operator's, other tables are never touched, and a packet passes when no table drops it.
 * A unit of its own loads it at boot; Debian's nftables.service, which flushes all tables, is followed by loading it again.
 */
export const nftablesBundle: Bundle<FirewallSettings> = defineBundle<FirewallSettings>({
  name: 'nftables',
  requires: ['systemd'],
  defaults: {
    nftables: {
      input: new Set<string>(),
      game_ports: new Set<string>(),
      // A browser's refresh of a hundred servers is 200 packets, each asked twice for the challenge.
      connectionless_packets: { per_second: 60, burst: 300 },
    },
    systemd: {
      drop_ins: {
        'nftables.service': {
          [`50-${name}`]: {
            Service: { ExecStartPost: `-${load}`, ExecReload: `-${load}`, ExecStopPost: `-${load}` },
          },
        },
      },
    },
  },
  facts: [{ path: 'host/ssh_ports', script: sshPortsScript, parse: parseSshPorts }],
  parse: parseNftables,
  items: settings => [
    debianPackage('nftables'),
    directory(folder, { mode: '0755', owner: 'root', group: 'root' }),
    action('learn-connections', {
      unless: 'nft list table $1 >/dev/null',
      // Longer than any packet is under way.
      command: 'printf %s "$2" | nft -f - && sleep 1',
      arguments: [firewallTable, learningText],
      needs: ['package:nftables'],
      before: [`nft:${name}`],
    }),
    nftFragment(name, {
      folder,
      table: firewallTable,
      // Who was limited is in its sets.
      terse: true,
      content: firewallText(settings),
      needs: ['package:nftables'],
    }),
    unit(`${name}.service`, {
      needs: ['package:nftables'],
      sections: {
        Unit: {
          Description: 'Firewall of this host',
          DefaultDependencies: false,
          Wants: 'network-pre.target',
          Before: ['network-pre.target', 'shutdown.target'],
          // Which flushes all tables when it starts.
          After: 'nftables.service',
          Conflicts: 'shutdown.target',
        },
        // Nothing on stopping: a host that goes down stays closed until the end.
        Service: { Type: 'oneshot', RemainAfterExit: true, ExecStart: load, ExecReload: load },
        Install: { WantedBy: 'sysinit.target' },
      },
    }),
    service(name, { enabled: true, running: true, needs: [`nft:${name}`] }),
  ],
})
