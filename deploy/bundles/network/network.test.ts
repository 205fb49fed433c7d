import { buildNode, defineNode, describeItems, describeMetadata, testNode } from '@left4me/converge'
import { describe, expect, test } from 'vitest'
import { systemdBundle } from '../systemd/bundle.ts'
import { parseBandwidth } from './bandwidth.ts'
import { networkBundle } from './bundle.ts'
import { parseInterface } from './interface-fact.ts'
import { parseNetworkFiles } from './network-files-fact.ts'

const files = {
  eth0: '/etc/systemd/network/10-eth0.network',
  eth1: null,
  en2: '/run/systemd/network/10-netplan-en.network',
  en3: '/run/systemd/network/10-netplan-en.network',
}
const nodeOf = (network: object, host: object = { container: null, network_files: files }) =>
  defineNode({
    name: 'host1',
    bundles: [systemdBundle, networkBundle],
    metadata: { network },
    facts: { host },
  })
const shaped = { eth0: { cake: { preset: 'diffserv4', bandwidth: '100M' } } }

describe('the bundle network', () => {
  test('sets the queue now, and only then writes it down for systemd-networkd', () => {
    const node = nodeOf(shaped)
    const items = describeItems(buildNode(node))
    const path = '/etc/systemd/network/10-eth0.network.d/50-cake.conf'
    expect(items.find(({ id }) => id === `file:${path}`)?.needs).toEqual(
      expect.arrayContaining(['action:cake-eth0']),
    )
    expect(() => testNode(node)).not.toThrow()
  })

  test('leaves alone what isn’t named, and what is but without CAKE', () => {
    expect(describeItems(buildNode(nodeOf({ eth0: {}, eth1: {} })))).toEqual([])
  })

  test('leaves a container’s queues to its machine, and says so', () => {
    const built = buildNode(nodeOf(shaped, { container: 'lxc', network_files: files }))
    expect(describeItems(built)).toEqual([])
    expect(describeMetadata(built, 'remarks')[0]?.value).toEqual([
      "This host is a container (lxc): CAKE on eth0 is its machine's to set up, and is left out.",
    ])
    expect(describeMetadata(buildNode(nodeOf(shaped)), 'remarks')).toEqual([])
  })

  test.each([
    [
      { eth1: shaped.eth0 },
      'network/eth1/cake needs systemd-networkd, and something else sets this interface up. Move it',
    ],
    [{ eth7: shaped.eth0 }, 'network/eth7 isn’t an interface of this host. It has en2, en3, eth0, eth1.'],
    [
      { en2: shaped.eth0 },
      'network/en2/cake would be en3’s as well: /run/systemd/network/10-netplan-en.network sets them all up. Give en2',
    ],
    [{ lo: shaped.eth0 }, 'network/lo is no usable name. Write that of an interface'],
    [{ 'eth0;x': shaped.eth0 }, 'network/eth0;x is no usable name. Write that of an interface'],
    [
      { eth0: { cake: { preset: 'fifo' } } },
      'network/eth0/cake/preset is "fifo". Write one of tc-cake(8): besteffort, ',
    ],
    [{ eth0: { cake: {} } }, 'network/eth0/cake/preset is missing. Write one of tc-cake(8): besteffort, '],
    [
      { eth0: { cake: { preset: 'diffserv4', bandwidth: 'fast' } } },
      'network/eth0/cake/bandwidth is "fast". Write what the link carries in bits a second',
    ],
    [{ eth0: { shape: {} } }, 'network/eth0/shape is read by nothing'],
  ])('refuses %j', (network, sentence) => {
    expect(() => buildNode(nodeOf(network))).toThrow(`The node host1, bundle network: ${sentence}`)
  })

  test('asks for the facts of an interface that it is to shape, and for no others', () => {
    expect(() => buildNode(nodeOf(shaped, { container: null }))).toThrow('unknown until the node was probed')
    expect(() => buildNode(nodeOf({}, {}))).not.toThrow()
  })
})

describe('bandwidth', () => {
  test('is read in bits a second', () => {
    expect(parseBandwidth('100M')).toEqual({ bitsPerSecond: 100e6, systemd: '100M', tc: '100000000bit' })
    expect(parseBandwidth('2.5G')?.bitsPerSecond).toBe(2.5e9)
    for (const text of ['', '100', '100m', '100Mbit', '-1M', '1K', '1e3M', '999999G', '0M'])
      expect([text, parseBandwidth(text)]).toEqual([text, null])
  })
})

describe('the interface of the default route', () => {
  const link = (ifname: string, ...addresses: object[]) => ({
    ifname,
    flags: ['UP'],
    addr_info: addresses,
  })
  const ip4 = (local: string, more: object = {}) => ({ family: 'inet', local, scope: 'global', ...more })
  const ip6 = (local: string, more: object = {}) => ({ family: 'inet6', local, scope: 'global', ...more })
  const loopback = { ifname: 'lo', flags: ['LOOPBACK', 'UP'], addr_info: [ip4('192.0.2.99')] }
  const answer = (...lists: object[][]) => lists.map(list => `${JSON.stringify(list)}\n`).join('')

  test('is IPv4’s with the lowest metric, its addresses IPv4 first, the preferred one before', () => {
    const links = [
      loopback,
      link('eth0', ip6('2001:db8::2'), ip4('192.0.2.2'), ip4('192.0.2.3')),
      link('wlan0', ip4('198.51.100.2')),
    ]
    const routes = [
      { dst: 'default', dev: 'wlan0', metric: 600 },
      { dst: 'default', dev: 'eth0', metric: 100, prefsrc: '192.0.2.3' },
    ]
    expect(parseInterface(answer(routes, [], links))).toEqual({
      name: 'eth0',
      addresses: ['192.0.2.3', '192.0.2.2', '2001:db8::2'],
    })
  })

  test('is IPv6’s where there is no other, without addresses that go away', () => {
    const addresses = [
      ip6('fe80::1', { scope: 'link' }),
      ip6('2001:db8::aa', { temporary: true }),
      ip6('2001:db8::bb', { deprecated: true }),
      ip6('2001:db8::1'),
    ]
    expect(parseInterface(answer([], [{ dev: 'eth0' }], [loopback, link('eth0', ...addresses)]))).toEqual({
      name: 'eth0',
      addresses: ['2001:db8::1'],
    })
  })

  test('is the first with an address where nothing leads out, and none at all in a host without a network', () => {
    expect(parseInterface(answer([], [], [loopback, link('eth0'), link('eth1', ip4('192.0.2.7'))]))).toEqual({
      name: 'eth1',
      addresses: ['192.0.2.7'],
    })
    expect(parseInterface(answer([], [], [loopback]))).toBeUndefined()
    expect(parseInterface('')).toBeUndefined()
  })
})

describe('the files of systemd-networkd', () => {
  test('are told by interface', () => {
    const list = {
      Interfaces: [
        { Name: 'lo', AdministrativeState: 'unmanaged' },
        {
          Name: 'eth0',
          AdministrativeState: 'configured',
          NetworkFile: '/etc/systemd/network/10-eth0.network',
        },
        { Name: 'eth1', AdministrativeState: 'unmanaged', NetworkFile: '/run/systemd/network/x.network' },
      ],
    }
    expect(parseNetworkFiles(`eth0 eth1 eth2 lo \n${JSON.stringify(list)}\n`)).toEqual({
      eth0: '/etc/systemd/network/10-eth0.network',
      eth1: null,
      eth2: null,
    })
    expect(parseNetworkFiles('eth0 lo \n')).toEqual({ eth0: null })
  })
})
