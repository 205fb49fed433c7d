import type { FirewallSettings } from './metadata.ts'
import { portText } from './port-ranges.ts'

/** The table that is this bundle's alone. */
export const firewallTable = 'inet host_firewall'

/**
 * Comes before the first table, for a moment: lets everything in, and only gets to know which connections there are. One
 * by which this host receives, and sends nothing but acknowledgements, would stand still otherwise.
 */
export const learningText = `table ${firewallTable} {
	chain input {
		type filter hook input priority filter; policy accept;
		ct state new
	}
}
`

/**
 * The text that replaces the table in one transaction, and touches no other. What isn't accepted is dropped, and counted
 * as `refused`; `nft list counters table inet host_firewall` tells.
 */
export function firewallText(settings: FirewallSettings): string {
  const { sshPorts, input, gamePorts } = settings
  return `# Written by the deployment for this host; changes are lost with the next one.
table ${firewallTable}
delete table ${firewallTable}
table ${firewallTable} {
	counter refused { }
${gamePorts.length === 0 ? '' : gameChains(settings)}
	chain input {
		type filter hook input priority filter; policy drop;
		iif lo accept
		icmp type redirect drop
		ct state { established, related } accept
		# Never closed: whoever deploys would shut himself out.
		tcp dport { ${sshPorts.join(', ')} } accept
		icmp type { destination-unreachable, time-exceeded, parameter-problem, echo-request, echo-reply } accept
		# RFC 4890, section 4.4: without these IPv6 fails in ways that nobody finds.
		icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, echo-reply } accept
		icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept
		icmpv6 type { ind-neighbor-solicit, ind-neighbor-advert, 148, 149 } ip6 hoplimit 255 accept
		icmpv6 type { mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report, 151, 152, 153 } ip6 hoplimit 1 accept
		# Answers of DHCP go to other addresses than they were asked for from.
		udp sport 67 udp dport 68 accept
		ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept
${input.map(rule => `\t\t${rule}\n`).join('')}		counter name refused
	}
}
`
}

/**
 * Packets to games go untracked: a flood from forged addresses would fill the table of connections, for everything else
 * as well. Who plays is never limited. Who asks (the first four bytes are FF FF FF FF) has as much as a browser needs.
 */
function gameChains({ gamePorts, connectionlessPackets }: FirewallSettings): string {
  const ports = gamePorts.map(portText).join(', ')
  const { per_second, burst } = connectionlessPackets
  const limit = `limit rate over ${per_second}/second burst ${burst} packets`
  // By /64, which is what one customer has at least.
  const families = [
    { version: 'ipv4', type: 'ipv4_addr', source: 'ip saddr' },
    { version: 'ipv6', type: 'ipv6_addr', source: 'ip6 saddr & ffff:ffff:ffff:ffff::' },
  ] as const
  const set = (name: string, type: string, size: number) =>
    `	set ${name} {\n		type ${type}\n		size ${size}\n		flags dynamic, timeout\n		timeout 1m\n	}\n\n`
  return `${families.map(({ version }) => `	counter over_limit_${version} { }\n`).join('')}	counter over_limit_others { }

	# Who asked within a minute. A source has its limit in a set of its own, which is never full before this one:
	# to look for it there would count as a packet.
${families.map(({ version, type }) => set(`sources_${version}`, type, knownSources) + set(`limits_${version}`, type, 2 * knownSources)).join('')}	chain arriving {
		type filter hook prerouting priority raw; policy accept;
		udp dport { ${ports} } fib daddr type local goto game
	}

	chain answering {
		type filter hook output priority raw; policy accept;
		udp sport { ${ports} } notrack
	}

	chain game {
		notrack
		iif lo accept
		@th,64,32 0xffffffff goto connectionless
	}

	chain connectionless {
${families.map(({ version, source }) => `		update @sources_${version} { ${source} } goto known_${version}\n`).join('')}		# The set is full: whoever isn't in it shares this.
		limit rate over ${othersPerSecond}/second burst ${othersPerSecond} packets counter name over_limit_others drop
	}

${families.map(({ version, source }) => `	chain known_${version} {\n		update @limits_${version} { ${source} ${limit} } counter name over_limit_${version} drop\n	}\n`).join('\n')}`
}

/** Of each family: some 20 MB of the kernel's memory when a flood from forged addresses has filled both. */
const knownSources = 65_536
const othersPerSecond = 1000
