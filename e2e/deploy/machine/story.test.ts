import { request } from 'node:http'
import type { AcceptedJob, List, Overlay, Server } from '@left4me/contract'
import { A2sClient } from '@left4me/protocols/client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Node, verify } from '../../../packages/converge/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { connectOutside, outside } from '../../host/support/outside.ts'
import { ApiClient } from '../../support/api-client.ts'
import { waitFor } from '../../support/wait-for.ts'
import { applyAndTell } from '../support/apply-and-tell.ts'
import { type MachineBed, openMachineBed } from '../support/machine-bed.ts'
import { bedNode, domain, mustSucceed, notOk } from '../support/node-bed.ts'
import { openTlsClient, type TlsClient } from '../support/tls-client.ts'

const admin = { username: 'rochelle', password: 'grenade launcher 1998' }
const patienceMs = 900_000
const ports = [27_015, 27_016] as const

/** One machine, from bare to played on: each test finds it as the one before left it. */
describeWith(['root'], 'a bare Debian 13', () => {
  let bed: MachineBed
  let node: Node
  /** The network device that leads out. */
  let device: string
  let panel: TlsClient
  let api: ApiClient
  const servers: Server[] = []

  beforeAll(async () => {
    bed = await openMachineBed()
    device = await bed.machine.succeed('ip -json route show default | grep -oP \'"dev":"\\K[^"]+\'')
    const plain = bedNode(bed.metadata)
    const network = { [device]: { cake: { preset: 'diffserv4', bandwidth: '100M' } } }
    node = { ...plain, metadata: { ...plain.metadata, network } }
  })
  afterAll(async () => {
    await panel?.[Symbol.asyncDispose]()
    await bed?.[Symbol.asyncDispose]()
  })

  test('becomes a left4me host by one apply over ssh, and the same again changes nothing', async () => {
    const first = mustSucceed(await applyAndTell(node, bed.transport))
    expect(first.counts.fixed).toBeGreaterThan(80)
    const second = mustSucceed(await applyAndTell(node, bed.transport))
    expect(notOk(second)).toEqual([])
  })

  test('is the same after a reboot: nothing is to be done, and nothing is fixed', async () => {
    await bed.machine.reboot()
    await waitFor(
      'the panel has started',
      async () => (await bed.machine.run('systemctl is-active left4me-web')).code === 0,
      patienceMs,
    )
    expect(await verify(node, bed.transport)).toMatchObject({
      exitCode: 0,
      counts: { changes: 0, failed: 0 },
    })
    expect(notOk(mustSucceed(await applyAndTell(node, bed.transport)))).toEqual([])
  })

  test('sends through the queue that its node asks for, also after a reboot', async () => {
    expect(await bed.machine.succeed(`tc qdisc show dev ${device} root`)).toMatch(
      /^qdisc cake .* bandwidth 100Mbit diffserv4 /,
    )
  })

  test('lets its admin, who is made by the wrapper, log in through nginx and TLS', async () => {
    await bed.machine.succeed(
      `LEFT4ME_ADMIN_PASSWORD='${admin.password}' left4me create-user ${admin.username} --admin`,
      { timeoutMs: patienceMs },
    )
    const certificate = await bed.machine.succeed(
      `cat "$(nginx -T 2>/dev/null | grep -oP '^\\s*ssl_certificate \\K[^;]+' | head -n 1)"`,
    )
    panel = await openTlsClient({ domain, port: bed.port('tcp', 443), certificate })
    api = new ApiClient(panel.url, { patienceMs })
    await api.logIn(admin.username, admin.password)
    expect(await api.call('getMe')).toMatchObject({ username: admin.username })
    expect(await redirect(bed.port('tcp', 80))).toBe(`301 https://${domain}/servers`)
  })

  test('installs the game by steamcmd', async () => {
    await api.install()
    expect(await bed.machine.succeed('find /var/lib/left4me/installation -name srcds_run')).toContain(
      'srcds_run',
    )
  })

  test('builds an example of a script overlay in the sandbox', async () => {
    const { items } = (await api.call('listOverlays')) as List<Overlay>
    const overlay = items.find(({ name }) => name === 'Tick rate')
    const accepted = (await api.call('buildOverlay', { params: { id: overlay?.id ?? 0 } })) as AcceptedJob
    await api.finish(accepted)
    expect(
      await bed.machine.succeed(
        'cat /var/lib/left4me/overlays/*/revisions/*/left4dead2/cfg/server.cfg | head -n 1',
      ),
    ).toBe('// Tick rate: 60')
  })

  test('runs two servers that are found from outside, by A2S on their open ports', async () => {
    const queries = new A2sClient({ timeoutMs: 5000 })
    await queries.open()
    for (const [at, port] of ports.entries()) {
      const server = await api.createServer({
        ...{ name: `Number ${at + 1}`, port },
        arguments: ['-simulate-boot-ms', '0', '-simulate-players', '0'],
      })
      await api.power('startServer', server.id)
      servers.push(server)
    }
    for (const port of ports)
      expect(
        await waitFor(
          `the server on port ${port} answers`,
          () => queries.info({ host: '127.0.0.1', port: bed.port('udp', port) }).catch(() => null),
          patienceMs,
        ),
      ).toMatchObject({ map: expect.any(String) })
    await queries.close()
  })

  test('has RCON closed to the outside, open to itself; open to the outside without the firewall', async () => {
    await connectOutside(bed.machine)
    const reach = async (address: string, from: string): Promise<boolean> =>
      (await bed.machine.run(`${from} nc -z -w 20 ${address} ${ports[0]}`)).code === 0
    const from = 'ip netns exec outside'
    expect(await reach('127.0.0.1', '')).toBe(true)
    expect(await reach(outside.public.host4, from)).toBe(false)
    expect(await reach(outside.public.host6, from)).toBe(false)
    await bed.machine.succeed(`nft insert rule inet host_firewall input tcp dport ${ports[0]} accept`)
    expect(await reach(outside.public.host4, from)).toBe(true)
    expect(notOk(mustSucceed(await applyAndTell(node, bed.transport)))).toEqual(['fixed nft:host-firewall'])
    expect(await reach(outside.public.host4, from)).toBe(false)
  })

  test('marks what its servers send, and keeps them to the cores of games', async () => {
    await bed.machine.succeed(`
      nft add table inet probe
      nft 'add chain inet probe sent { type filter hook postrouting priority 300; }'
      nft add rule inet probe sent udp sport ${ports[0]} ip dscp ef counter
      nft add rule inet probe sent udp sport ${ports[0]} ip dscp != ef counter`)
    const queries = new A2sClient({ timeoutMs: 5000 })
    await queries.open()
    await waitFor(
      'it answers',
      () => queries.info({ host: '127.0.0.1', port: bed.port('udp', ports[0]) }).catch(() => null),
      patienceMs,
    )
    await queries.close()
    const [marked, others] = (
      await bed.machine.succeed(`nft list table inet probe | grep -oP 'packets \\K\\d+'`)
    )
      .split('\n')
      .map(Number)
    expect(marked).toBeGreaterThan(0)
    expect(others).toBe(0)
    const cores = await bed.machine.succeed(
      [...servers.map(({ id }) => `left4me-server@${id}.service`), 'nginx.service', 'left4me-web.service']
        .map(
          unit =>
            `sed -n 's/^Cpus_allowed_list:\\t//p' /proc/$(systemctl show --property=MainPID --value ${unit})/status`,
        )
        .join('\n'),
    )
    expect(cores.split('\n')).toEqual(['1', '1', '0', '0'])
  })
})

/** What a browser that was given the bare name is answered. */
async function redirect(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  request({ host: '127.0.0.1', port, path: '/servers', headers: { host: domain } }, response => {
    response.resume()
    resolve(`${response.statusCode} ${response.headers.location}`)
  })
    .on('error', reject)
    .end()
  return await promise
}
