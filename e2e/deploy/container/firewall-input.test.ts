import { apply, defineNode, type Node, plan, type Report, rollback } from '@left4me/converge'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nftablesBundle } from '../../../deploy/bundles/nftables/bundle.ts'
import { systemdBundle } from '../../../deploy/bundles/systemd/bundle.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { Finished } from '../../host/support/bed.ts'
import { outside } from '../../host/support/outside.ts'
import { type DeployBed, openDeployBed } from '../support/deploy-bed.ts'
import { notOk } from './engine-bed.ts'

const { host4, host6 } = outside.public
const item = 'nft:host-firewall'

function nodeOf(...input: string[]): Node {
  return defineNode({
    name: 'bed',
    bundles: [systemdBundle, nftablesBundle],
    metadata: { nftables: { input: new Set(['tcp dport 8001 accept', ...input]) } },
  })
}

/** Two TCP ports that answer, IPv4 and IPv6: 8001, which is asked for, and 8002, which isn't. */
const listeners = [8001, 8002]
  .map(
    port =>
      `systemd-run --quiet --unit=listener-${port} python3 -c 'import socketserver
socketserver.TCPServer.address_family = __import__("socket").AF_INET6
socketserver.TCPServer.request_queue_size = 1000
class Answer(socketserver.BaseRequestHandler):
    def handle(self): self.request.sendall(b"${port}")
socketserver.TCPServer(("::", ${port}), Answer).serve_forever()'
until ss --no-header --listening --tcp --numeric 'sport = ${port}' | grep -q .; do sleep 0.05; done`,
  )
  .join('\n')

/**
 * Tries to connect again and again until the file /tmp/enough is there, and prints how often it could. /tmp/trying says that
 * it is at it, /tmp/opened that it could.
 */
const persistent = `import os, socket
def tell(name):
    with open("/tmp/" + name, "w"): pass
opened = tries = 0
while not os.path.exists("/tmp/enough") or tries < 50:
    attempt = socket.socket()
    attempt.settimeout(0.02)
    tries += 1
    try:
        attempt.connect(("${host4}", 8002)); opened += 1; tell("opened")
    except OSError: pass
    attempt.close()
    if tries == 1: tell("trying")
print(opened)`

describeWith(['root'], 'the input of a deployed host', () => {
  let bed: DeployBed

  beforeAll(async () => {
    bed = await openDeployBed()
    await bed.container.succeed(listeners)
    await bed.container.succeed('cp -p /etc/nftables.conf /root/nftables.conf')
    expect(await opens(host4, 8002)).toBe(true)
  })
  afterAll(async () => bed?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    expect(await applied()).toMatchObject({ exitCode: 0 })
  })

  const applied = (node = nodeOf()): Promise<Report> => apply(node, bed.transport)
  const succeed = (script: string): Promise<string> => bed.container.succeed(script)
  const opens = async (address: string, port: number): Promise<boolean> =>
    (await bed.outside(`nc -z -w 2 ${address} ${port}`)).code === 0
  const seen = (): Promise<boolean[]> =>
    Promise.all([
      opens(host4, 22),
      opens(host4, 8001),
      opens(host6, 8001),
      opens(host4, 8002),
      opens(host6, 8002),
    ])
  const asItShould = [true, true, true, false, false]
  const refused = async (): Promise<number> =>
    Number(/packets (\d+)/.exec(await succeed('nft list counter inet host_firewall refused'))?.[1])

  test('is closed but for sshd and what is asked for, and counts what it drops', async () => {
    const before = await refused()
    expect(await seen()).toEqual(asItShould)
    expect(await refused()).toBeGreaterThan(before)
    expect(await succeed('nc -z 127.0.0.1 8002 && nc -z ::1 8002 && echo open')).toBe('open')
    expect(await plan(nodeOf(), bed.transport)).toMatchObject({ exitCode: 0, exchanges: 2 })
  })

  test('would be open without the table', async () => {
    await succeed('nft delete table inet host_firewall')
    expect(await seen()).toEqual([true, true, true, true, true])
    expect(notOk(await applied())).toEqual({ 'action:learn-connections': 'fixed', [item]: 'fixed' })
    expect(await seen()).toEqual(asItShould)
  })

  describe('that is closed for the first time', () => {
    /**
     * Receives a stream that began before `closing`, and says whether it goes on after it or has stood still for so many tenths
     * of a second. Its sender comes before all others who want a processor: a host has a second to learn of a connection.
     */
    const receiving = async (closing: () => Promise<unknown>, tenths: number): Promise<'on' | 'still'> => {
      await succeed('nft delete table inet host_firewall')
      await bed.outside(`systemd-run --quiet --unit=stream --property=Nice=-20 --property=NetworkNamespacePath=/run/netns/outside \\
        python3 -c 'import socket, time
listener = socket.create_server(("0.0.0.0", 9001))
taker, _ = listener.accept()
while True: taker.sendall(b"x" * 1000); time.sleep(0.3)'`)
      await succeed(`systemd-run --quiet --unit=taker sh -c 'until nc -d ${outside.public.other4} 9001 >>/tmp/taken; do sleep 0.1; done'
        until [ -s /tmp/taken ]; do sleep 0.05; done`)
      const taken = async () => Number(await succeed('stat --format=%s /tmp/taken'))
      try {
        await closing()
        const before = await taken()
        const enough = `for _ in $(seq ${tenths}); do [ $(stat --format=%s /tmp/taken) -lt ${before + 3000} ] || exit 0; sleep 0.1; done; exit 1`
        return (await bed.container.run(enough)).code === 0 ? 'on' : 'still'
      } finally {
        await bed.container.run('systemctl stop stream taker; systemctl reset-failed; rm /tmp/taken')
      }
    }

    test('goes on receiving what was on its way', async () => {
      expect(await receiving(() => applied(), 1000)).toBe('on')
      expect(await seen()).toEqual(asItShould)
    })

    test('would stand still without a moment to learn its connections', async () => {
      const states: string[] = []
      // An acknowledgement that goes out just then teaches it the connection by chance.
      while (!states.includes('still') && states.length < 20)
        states.push(await receiving(() => succeed('nft -f /etc/nftables.d/host-firewall.nft'), 60))
      expect(states).toContain('still')
    })
  })

  test('lets the host talk to others, and is pinged; neighbours of IPv6 find each other anew', async () => {
    const { other4, other6 } = outside.public
    await bed.outside(
      `ip -6 neighbour flush dev to-host
      systemd-run --quiet --unit=outside-answer --property=NetworkNamespacePath=/run/netns/outside nc -k -l 9000`,
    )
    await succeed('ip -6 neighbour flush dev to-outside')
    expect(
      await bed.outside(
        `ping -c 1 -W 5 ${host4} && ping -c 1 -W 5 ${host6} && ping -c 1 -W 5 -s 3000 ${host6}`,
      ),
    ).toMatchObject({ code: 0 })
    await succeed(`ping -c 1 -W 5 ${other4} && ping -c 1 -W 5 ${other6}`)
    await succeed(`until nc -z -w 1 ${other4} 9000; do sleep 0.1; done; systemctl stop outside-answer`)
  })

  test('would leave IPv6 without neighbours if it didn’t let their questions in', async () => {
    const text = await succeed('cat /etc/nftables.d/host-firewall.nft')
    await bed.container.write('/tmp/naive.nft', text.replaceAll(/^.*(nd-neighbor|echo-request).*$/gm, ''))
    await succeed('nft -f /tmp/naive.nft; ip -6 neighbour flush dev to-outside')
    await bed.outside('ip -6 neighbour flush dev to-host')
    expect(await opens(host6, 8001)).toBe(false)
    expect(notOk(await applied())).toEqual({ [item]: 'fixed' })
    // It asks three times, a second apart, before it begins anew.
    const again = await bed.outside(`for _ in $(seq 20); do nc -z -w 2 ${host6} 8001 && exit; done; exit 1`)
    expect(again).toMatchObject({ code: 0 })
  })

  test('stays open for sshd wherever it listens, by its configuration, for systemd, or as it was started by hand', async () => {
    await bed.container.write('/etc/ssh/sshd_config.d/other.conf', 'Port 22\nPort 2022\n')
    const units = '/run/systemd/system'
    await bed.container.write(`${units}/sshd.socket`, '[Socket]\nListenStream=2024\nAccept=yes\n')
    await bed.container.write(
      `${units}/sshd@.service`,
      '[Service]\nExecStart=sshd -i\nStandardInput=socket\n',
    )
    await succeed(`systemctl daemon-reload; systemctl restart ssh; systemctl start sshd.socket
      mkdir -p /run/sshd; systemd-run --quiet --unit=second-sshd /usr/sbin/sshd -D -p 2023
      until ss -Hltn 'sport = 2023' | grep -q .; do sleep 0.05; done`)
    const all = () => Promise.all([22, 2022, 2023, 2024].map(port => opens(host4, port)))
    expect(await all()).toEqual([true, false, false, false])
    expect(notOk(await applied())).toEqual({ [item]: 'fixed' })
    expect(await all()).toEqual([true, true, true, true])
    await succeed(`systemctl stop second-sshd sshd.socket; rm /etc/ssh/sshd_config.d/other.conf ${units}/sshd*
      systemctl daemon-reload; systemctl restart ssh`)
  })

  /** What somebody prints who tries persistently while `change` goes on. */
  const triedDuring = async (change: () => Promise<unknown>): Promise<Finished> => {
    await succeed('rm -f /tmp/enough /tmp/trying /tmp/opened')
    const attempts = bed.outside(`python3 -c '${persistent}'`, { timeoutMs: 900_000 })
    await succeed('until [ -e /tmp/trying ]; do sleep 0.05; done')
    await change()
    await succeed('touch /tmp/enough')
    return await attempts
  }

  test('is never open for a moment while the table is replaced, again and again', async () => {
    const attempts = await triedDuring(async () => {
      for (let port = 9001; port < 9004; port++) await applied(nodeOf(`tcp dport ${port} accept`))
    })
    expect(attempts).toMatchObject({ code: 0, stdout: '0\n' })
  })

  test('would be open for a moment if the table were deleted and loaded', async () => {
    const attempts = await triedDuring(() =>
      succeed(`until [ -e /tmp/opened ]; do
        nft delete table inet host_firewall; sleep 0.2; nft -f /etc/nftables.d/host-firewall.nft; sleep 0.2
      done`),
    )
    expect(Number(attempts.stdout)).toBeGreaterThan(0)
  })

  test('takes a rule that was added by hand away, and nobody else’s table', async () => {
    await succeed(`nft add table inet neighbour
      nft add chain inet neighbour mine
      nft insert rule inet host_firewall input tcp dport 8002 accept`)
    expect(await opens(host4, 8002)).toBe(true)
    expect(await plan(nodeOf(), bed.transport)).toMatchObject({ exitCode: 3, counts: { changes: 1 } })
    expect(notOk(await applied())).toEqual({ [item]: 'fixed' })
    expect(await seen()).toEqual(asItShould)
    expect(await succeed('nft list table inet neighbour && nft delete table inet neighbour')).toContain(
      'mine',
    )
  })

  test('is left as it is by a rule that nft refuses', async () => {
    const before = await succeed('cat /etc/nftables.d/host-firewall.nft')
    const report = await applied(nodeOf('tcp dport nonsense accept'))
    expect(report).toMatchObject({ exitCode: 1, counts: { failed: 1, fixed: 0 } })
    expect(report.items.find(({ id }) => id === item)?.message).toContain('tcp dport nonsense accept')
    expect(await succeed('cat /etc/nftables.d/host-firewall.nft')).toBe(before)
    expect(await seen()).toEqual(asItShould)
  })

  test('is what it was before once a deployment is rolled back', async () => {
    await applied(nodeOf('tcp dport 8002 accept'))
    expect(await opens(host4, 8002)).toBe(true)
    expect(await rollback(bed.transport)).toMatchObject({ exitCode: 0, failed: [] })
    expect(await seen()).toEqual(asItShould)
    expect(await plan(nodeOf(), bed.transport)).toMatchObject({ exitCode: 0 })
  })

  test('is closed again after nftables.service flushed all tables, whose file stays the operator’s', async () => {
    await succeed('systemctl start nftables')
    for (const verb of ['restart', 'reload', 'stop']) {
      await succeed(`nft delete table inet host_firewall; systemctl ${verb} nftables`)
      expect(await plan(nodeOf(), bed.transport)).toMatchObject({ exitCode: 0 })
    }
    expect(await seen()).toEqual(asItShould)
    await succeed('cmp /etc/nftables.conf /root/nftables.conf')
  })

  test('would be open after it without the drop-in', async () => {
    await bed.container.write(
      '/run/systemd/system/nftables.service.d/zz.conf',
      '[Service]\nExecStartPost=\nExecStopPost=\n',
    )
    await succeed('systemctl daemon-reload; systemctl restart nftables')
    expect(await opens(host4, 8002)).toBe(true)
    await succeed(
      'rm -r /run/systemd/system/nftables.service.d; systemctl daemon-reload; systemctl stop nftables',
    )
  })

  test('is closed again from the start after a reboot, and nothing is left to do', async () => {
    await bed.reboot()
    await succeed(listeners)
    expect(await seen()).toEqual(asItShould)
    const order = await succeed(`systemctl show --property=ActiveEnterTimestampMonotonic --value host-firewall
      systemctl show --property=ActiveEnterTimestampMonotonic --value ssh`)
    const [firewall = 0, sshd = 0] = order.split('\n').map(Number)
    expect(firewall).toBeGreaterThan(0)
    expect(firewall).toBeLessThan(sshd)
    expect(await plan(nodeOf(), bed.transport)).toMatchObject({ exitCode: 0 })
  })
})
