import { apply, defineNode } from '@left4me/converge'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nftablesBundle } from '../../../deploy/bundles/nftables/bundle.ts'
import { systemdBundle } from '../../../deploy/bundles/systemd/bundle.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { outside } from '../../host/support/outside.ts'
import { type DeployBed, openDeployBed } from '../support/deploy-bed.ts'

const perSecond = 60
const burst = 300
const node = defineNode({
  name: 'bed',
  bundles: [systemdBundle, nftablesBundle],
  metadata: {
    nftables: {
      input: new Set(['udp dport 27015-27115 accept']),
      game_ports: new Set(['27015-27115']),
      connectionless_packets: { per_second: perSecond, burst },
    },
  },
})

/** Counts what reaches a game's port by source and kind; asked over loopback it tells, and forgets. */
const game = `import json, socket
counts = {}
game = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
game.setsockopt(socket.SOL_SOCKET, 33, 1 << 25)  # SO_RCVBUFFORCE: what is lost is lost before
game.bind(("::", 27015))
while True:
    data, (source, port, *_) = game.recvfrom(2048)
    if data == b"tell":
        game.sendto(json.dumps(counts).encode(), (source, port)); counts = {}
    else:
        kind = "asking" if data[:4] == b"\\xff\\xff\\xff\\xff" else "playing"
        key = source.removeprefix("::ffff:") + " " + kind
        counts[key] = counts.get(key, 0) + 1`

/** How often somebody who floods asks before each packet of playing. */
const flood = 33
/**
 * send.py KIND COUNT PACE SOURCE…: COUNT packets from each SOURCE, at most PACE a second of each; prints the seconds. Of the
 * kind flooding, each is one of playing after ${flood} of asking.
 */
const send = `import socket, sys, time
kind, count, pace, *sources = sys.argv[1:]
asking = b"\\xff\\xff\\xff\\xffTSource Engine Query\\0"
playing = b"\\x07\\x00\\x00\\x00" + b"x" * 60
packets = {"asking": [asking], "playing": [playing], "flooding": [asking] * ${flood} + [playing]}[kind]
def connected(source):
    sender = socket.socket(socket.AF_INET6 if ":" in source else socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IP, 15, 1)  # IP_FREEBIND
    sender.bind((source, 0))
    sender.connect(("${outside.public.host6}" if ":" in source else "${outside.public.host4}", 27015))
    return sender
senders = [connected(source) for source in sources]
begin = time.monotonic()
for number in range(int(count)):
    for sender in senders:
        for packet in packets: sender.send(packet)
    ahead = (number + 1) / int(pace) - (time.monotonic() - begin)
    if ahead > 0.001: time.sleep(ahead)
print(time.monotonic() - begin)`

/** forge.py COUNT: one question each from as many addresses that aren't the sender's own. */
const forge = `import socket, struct, sys, time
sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
data = b"\\xff\\xff\\xff\\xffTSource Engine Query\\0"
udp = struct.pack("!HHHH", 27005, 27015, 8 + len(data), 0) + data
there = socket.inet_aton("${outside.public.host4}")
for number in range(int(sys.argv[1])):
    source = struct.pack("!I", (10 << 24) + 256 + number)
    sender.sendto(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, source, there) + udp,
                  ("${outside.public.host4}", 0))
    if number % 50 == 0: time.sleep(0.001)`

const families = [
  { family: 'IPv4', player: '198.51.100.60', other: '198.51.100.61', counter: 'over_limit_ipv4' },
  { family: 'IPv6', player: '2001:db8:60::1', other: '2001:db8:61::1', counter: 'over_limit_ipv6' },
] as const
const table = '/etc/nftables.d/host-firewall.nft'

describeWith(['root'], 'packets to games', () => {
  let bed: DeployBed

  beforeAll(async () => {
    bed = await openDeployBed()
    for (const [name, content] of Object.entries({ game, send, forge }))
      await bed.container.write(`/srv/test/${name}.py`, `${content}\n`)
    await bed.container.succeed(`systemd-run --quiet --unit=game python3 /srv/test/game.py
      for address in 198.51.100.60 198.51.100.61; do ip -netns outside address add $address/24 dev to-host; done
      ip -netns outside route add local 2001:db8:60::/44 dev lo
      until ss --no-header --listening --udp --numeric 'sport = 27015' | grep -q .; do sleep 0.05; done`)
    await apply(node, bed.transport)
  })
  afterAll(async () => bed?.[Symbol.asyncDispose]())
  /** Counters and sources anew. */
  beforeEach(async () => {
    await bed.container.succeed(`nft -f ${table}`)
    await received()
  })

  /** The seconds that it took. */
  const sends = async (
    kind: 'asking' | 'playing' | 'flooding',
    count: number,
    pace: number,
    ...sources: string[]
  ) => {
    const { code, stdout, stderr } = await bed.outside(
      `python3 /srv/test/send.py ${kind} ${count} ${pace} ${sources.join(' ')}`,
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    return Number(stdout)
  }
  const received = async (): Promise<Record<string, number>> =>
    JSON.parse(
      await bed.container.succeed(`python3 -c 'import socket
asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asker.settimeout(20)
asker.sendto(b"tell", ("127.0.0.1", 27015))
print(asker.recv(1 << 16).decode())'`),
    )
  const counted = async (name: string): Promise<number> =>
    Number(
      /packets (\d+)/.exec(await bed.container.succeed(`nft list counter inet host_firewall ${name}`))?.[1],
    )
  /** Loads the table with something in it replaced, which has to be there, by something else. */
  const changed = async (...changes: readonly (readonly [what: string, by: string])[]): Promise<void> => {
    let text = await bed.container.succeed(`cat ${table}`)
    for (const [what, by] of changes) {
      expect(text).toContain(what)
      text = text.replaceAll(what, by)
    }
    await bed.container.write('/srv/test/changed.nft', text)
    await bed.container.succeed('nft -f /srv/test/changed.nft')
  }
  const most = (seconds: number) => burst + perSecond * (seconds + 1)

  describe.each(families)('by $family', ({ player, other, counter }) => {
    /** Plays at 100 packets a second, among what floods from the same address; another one floods, too. */
    const playFlooded = async () => {
      const seconds = await Promise.all([
        sends('flooding', 150, 100, player),
        sends('asking', 150 * flood, 20_000, other),
      ])
      return { seconds: Math.max(...seconds), counts: await received() }
    }

    test('are all let in from who plays, while the flood is cut that comes from there and elsewhere', async () => {
      const { seconds, counts } = await playFlooded()
      expect(counts[`${player} playing`]).toBe(150)
      for (const source of [player, other]) {
        expect(counts[`${source} asking`]).toBeGreaterThanOrEqual(burst)
        expect(counts[`${source} asking`]).toBeLessThan(most(seconds))
      }
      expect(await counted(counter)).toBe(
        2 * 150 * flood - (counts[`${player} asking`] ?? 0) - (counts[`${other} asking`] ?? 0),
      )
    })

    test('would be flooded without the limit', async () => {
      await changed(['@th,64,32 0xffffffff goto connectionless', 'accept'])
      const { seconds, counts } = await playFlooded()
      expect(counts[`${other} asking`]).toBeGreaterThan(most(seconds))
    })

    test('would be lost of who plays if the limit were on all packets', async () => {
      await changed(['@th,64,32 0xffffffff goto connectionless', 'goto connectionless'])
      const { counts } = await playFlooded()
      expect(counts[`${player} playing`] ?? 0).toBeLessThan(150)
    })

    test('are all let in that ask at a browser’s pace: a hundred servers at once, then one page after the other', async () => {
      await sends('asking', 200, 20_000, player)
      await sends('asking', 150, 50, player)
      expect(await received()).toEqual({ [`${player} asking`]: 350 })
      expect(await counted(counter)).toBe(0)
    })
  })

  test('from one /64 count as from one source, and leave another /64 alone', async () => {
    const sources = Array.from({ length: 100 }, (_, at) => `2001:db8:60::${(at + 1).toString(16)}`)
    const askAll = async () => {
      const seconds = await sends('asking', 50, 200, ...sources)
      await sends('asking', 20, 200, '2001:db8:61::9')
      const { '2001:db8:61::9 asking': neighbour, ...counts } = await received()
      return { seconds, neighbour, sum: Object.values(counts).reduce((sum, count) => sum + count, 0) }
    }
    const { seconds, neighbour, sum } = await askAll()
    expect(neighbour).toBe(20)
    expect(sum).toBeLessThan(most(seconds))
    // By address each would have had enough.
    await changed(['ffff:ffff:ffff:ffff::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'])
    expect((await askAll()).sum).toBe(5000)
  })

  describe('from forged addresses', () => {
    const elements = async () =>
      Number(
        await bed.container.succeed(
          `nft -j list set inet host_firewall sources_ipv4 | jq '[.nftables[].set.elem // [] | length] | add'`,
        ),
      )
    const forged = async (count: number) => {
      expect(await bed.outside(`python3 /srv/test/forge.py ${count}`)).toMatchObject({ code: 0 })
    }
    const tracked = async () =>
      Number(await bed.container.succeed('cat /proc/sys/net/netfilter/nf_conntrack_count'))

    test('fill a set that has an end, and share one limit beyond it; who plays isn’t hurt', async () => {
      // Whoever forges slowly is to come upon both ends, too.
      await changed(
        ['size 65536', 'size 256'],
        ['rate over 1000/second burst 1000', 'rate over 10/second burst 10'],
      )
      await Promise.all([forged(2000), sends('playing', 100, 100, '198.51.100.60')])
      expect(await elements()).toBeLessThanOrEqual(256)
      expect(await counted('over_limit_others')).toBeGreaterThan(0)
      expect((await received())['198.51.100.60 playing']).toBe(100)
    })

    test('leave no trace in the table of connections', async () => {
      const before = await tracked()
      await forged(2000)
      expect((await tracked()) - before).toBeLessThan(200)
    })

    test('would fill the table of connections if they were tracked', async () => {
      await changed(['notrack', 'counter'])
      const before = await tracked()
      await forged(2000)
      expect((await tracked()) - before).toBeGreaterThan(500)
    })
  })
})
