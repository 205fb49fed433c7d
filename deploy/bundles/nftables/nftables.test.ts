import { buildNode, defineNode, testNode } from '@left4me/converge'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemdBundle } from '../systemd/bundle.ts'
import { nftablesBundle } from './bundle.ts'
import { parseNftables } from './metadata.ts'
import { mergeRanges, parsePortRange } from './port-ranges.ts'
import { parseSshPorts } from './ssh-ports.ts'
import { firewallText } from './table.ts'

const defaults = { connectionless_packets: { per_second: 60, burst: 300 } }
const parse = (nftables: object, host: object = { ssh_ports: [22] }) =>
  parseNftables({ host, nftables: { ...defaults, ...nftables } })

describe('the table of the bundle nftables', () => {
  test('drops all but what every host needs and what bundles ask for', () => {
    const text = firewallText(
      parse({ input: new Set(['udp dport 9 accept', 'tcp dport { 80, 443 } accept']) }),
    )
    expect(text).toMatchInlineSnapshot(`
      "# Written by the deployment for this host; changes are lost with the next one.
      table inet host_firewall
      delete table inet host_firewall
      table inet host_firewall {
      	counter refused { }

      	chain input {
      		type filter hook input priority filter; policy drop;
      		iif lo accept
      		icmp type redirect drop
      		ct state { established, related } accept
      		# Never closed: whoever deploys would shut himself out.
      		tcp dport { 22 } accept
      		icmp type { destination-unreachable, time-exceeded, parameter-problem, echo-request, echo-reply } accept
      		# RFC 4890, section 4.4: without these IPv6 fails in ways that nobody finds.
      		icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, echo-reply } accept
      		icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept
      		icmpv6 type { ind-neighbor-solicit, ind-neighbor-advert, 148, 149 } ip6 hoplimit 255 accept
      		icmpv6 type { mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report, 151, 152, 153 } ip6 hoplimit 1 accept
      		# Answers of DHCP go to other addresses than they were asked for from.
      		udp sport 67 udp dport 68 accept
      		ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept
      		tcp dport { 80, 443 } accept
      		udp dport 9 accept
      		counter name refused
      	}
      }
      "
    `)
  })

  test('limits who asks games, and never who plays', () => {
    const text = firewallText(parse({ game_ports: new Set(['29015-29115', '27015-27115', '27100']) }))
    expect(
      text.slice(text.indexOf('counter over_limit'), text.indexOf('chain input')),
    ).toMatchInlineSnapshot(`
      "counter over_limit_ipv4 { }
      	counter over_limit_ipv6 { }
      	counter over_limit_others { }

      	# Who asked within a minute. A source has its limit in a set of its own, which is never full before this one:
      	# to look for it there would count as a packet.
      	set sources_ipv4 {
      		type ipv4_addr
      		size 65536
      		flags dynamic, timeout
      		timeout 1m
      	}

      	set limits_ipv4 {
      		type ipv4_addr
      		size 131072
      		flags dynamic, timeout
      		timeout 1m
      	}

      	set sources_ipv6 {
      		type ipv6_addr
      		size 65536
      		flags dynamic, timeout
      		timeout 1m
      	}

      	set limits_ipv6 {
      		type ipv6_addr
      		size 131072
      		flags dynamic, timeout
      		timeout 1m
      	}

      	chain arriving {
      		type filter hook prerouting priority raw; policy accept;
      		udp dport { 27015-27115, 29015-29115 } fib daddr type local goto game
      	}

      	chain answering {
      		type filter hook output priority raw; policy accept;
      		udp sport { 27015-27115, 29015-29115 } notrack
      	}

      	chain game {
      		notrack
      		iif lo accept
      		@th,64,32 0xffffffff goto connectionless
      	}

      	chain connectionless {
      		update @sources_ipv4 { ip saddr } goto known_ipv4
      		update @sources_ipv6 { ip6 saddr & ffff:ffff:ffff:ffff:: } goto known_ipv6
      		# The set is full: whoever isn't in it shares this.
      		limit rate over 1000/second burst 1000 packets counter name over_limit_others drop
      	}

      	chain known_ipv4 {
      		update @limits_ipv4 { ip saddr limit rate over 60/second burst 300 packets } counter name over_limit_ipv4 drop
      	}

      	chain known_ipv6 {
      		update @limits_ipv6 { ip6 saddr & ffff:ffff:ffff:ffff:: limit rate over 60/second burst 300 packets } counter name over_limit_ipv6 drop
      	}

      	"
    `)
  })

  test('is the same whatever comes first', () => {
    const nodeOf = (ssh_ports: number[]) =>
      defineNode({
        name: 'host1',
        bundles: [nftablesBundle, systemdBundle],
        metadata: { nftables: { input: new Set(['udp dport 9 accept', 'tcp dport 80 accept']) } },
        facts: { host: { ssh_ports } },
      })
    expect(testNode(nodeOf([22, 2222])).hash).toBe(testNode(nodeOf([2222, 22])).hash)
    expect(() => buildNode({ ...nodeOf([22]), facts: {} })).toThrow(
      'The node host1, bundle nftables: host/ssh_ports is unknown until the node was probed.',
    )
  })
})

describe('what goes into it', () => {
  test.each([
    'tcp dport 80 accept; policy accept',
    'tcp dport 80 accept\n}',
    'tcp dport 80 accept } chain x {',
    'tcp dport { 80 accept',
    'policy accept',
    'type filter hook input priority 0; policy accept;',
    'tcp dport 80 accept # and',
    'tcp dport 80 accept \\',
    'tcp dport 80',
    '',
  ])('is not the rule %j', rule => {
    expect(() => parse({ input: new Set([rule]) })).toThrow(/^nftables\/input has ".*"\. Write one whole/)
  })

  test.each(['0', '70000', '27015-', '27115-27015', 'http', '1-65536'])('are not the ports %j', ports => {
    expect(() => parse({ game_ports: new Set([ports]) })).toThrow(
      /^nftables\/game_ports has ".*"\. Write ports/,
    )
  })

  test.each([[[]], [[0]], [['22']], ['22'], [undefined]])('are not sshd’s ports %j', ssh_ports => {
    expect(() => parse({}, { ssh_ports })).toThrow(/^host\/ssh_ports is /)
  })

  test('is no limit of nothing, nor a key that nothing reads', () => {
    expect(() => parse({ connectionless_packets: { per_second: 0, burst: 1 } })).toThrow(
      'nftables/connectionless_packets/per_second is 0. Write a whole number from 1 to 100000.',
    )
    expect(() => parse({ output: new Set() })).toThrow('nftables/output is read by nothing')
  })
})

describe('port ranges', () => {
  test('are merged to the same ports, apart from each other', () => {
    const range = fc
      .tuple(fc.integer({ min: 1, max: 200 }), fc.nat({ max: 20 }))
      .map(([start, length]) => ({ start, end: start + length }))
    const portsOf = (ranges: readonly { start: number; end: number }[]) =>
      new Set(
        ranges.flatMap(({ start, end }) => Array.from({ length: end - start + 1 }, (_, at) => start + at)),
      )
    fc.assert(
      fc.property(fc.array(range), ranges => {
        const merged = mergeRanges(ranges)
        expect([...portsOf(merged)].sort()).toEqual([...portsOf(ranges)].sort())
        for (const [at, { start }] of merged.slice(1).entries())
          expect(start).toBeGreaterThan((merged[at]?.end ?? 0) + 1)
      }),
    )
    expect(parsePortRange('27015-27115')).toEqual({ start: 27_015, end: 27_115 })
    expect(parsePortRange('9')).toEqual({ start: 9, end: 9 })
  })
})

describe('sshd’s ports', () => {
  test('are all that anybody told, and 22 when nobody could', () => {
    expect(parseSshPorts('22\n2222\n')).toEqual([22, 2222])
    expect(parseSshPorts('')).toEqual([22])
    expect(() => parseSshPorts('ssh\n')).toThrow('"ssh" is no port')
    expect(() => parseSshPorts('99999\n')).toThrow('no port')
  })
})
