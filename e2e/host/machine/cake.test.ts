import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostValues, topologyCommand } from '../../../deploy/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { Bed } from '../support/bed.ts'
import { type Guard, type Outcome, permitted } from '../support/guarded.ts'
import { openMachine, patience } from '../support/machine.ts'
import { installProbes } from '../support/probes/install-probes.ts'
import { installProbeGame, makeProbeServer, type ProbeServer } from '../support/probes/probe-server.ts'

/** Tins of diffserv4 in the order that tc tells them: tc-cake(8), “DIFFSERV PRESETS”. */
const tins = ['bulk', 'best effort', 'video', 'voice'] as const
type Tin = (typeof tins)[number]

const player = { 4: '198.51.100.2', 6: '2001:db8::2' } as const
/** A player's machine is another network namespace, behind a link that CAKE shapes. RFC 5737, RFC 3849. */
const network = `
  ip netns add shaped
  ip link add to-shaped type veth peer name to-host
  ip link set to-host netns shaped
  ip address add 198.51.100.1/24 dev to-shaped
  ip address add 2001:db8::1/64 dev to-shaped nodad
  ip link set to-shaped up
  ip -netns shaped address add ${player[4]}/24 dev to-host
  ip -netns shaped address add ${player[6]}/64 dev to-host nodad
  ip -netns shaped link set to-host up`
const shape = (preset: string) => `tc qdisc replace dev to-shaped root cake bandwidth 100mbit ${preset}`

const count = 60
/** Emulated, the machine is slow enough for the queue to drop some; of anything else there are but a few packets. */
const most = 30
const send = (address: string) => `use IO::Socket::IP; use Socket;
my $socket = IO::Socket::IP->new(PeerHost => '${address}', PeerPort => 40001, Type => SOCK_DGRAM) or die;
$socket->send('x' x 100) for 1..${count};
print "done\\n";`

describeWith(['root'], 'CAKE on the way to a player', () => {
  let bed: Bed
  let server: ProbeServer

  beforeAll(async () => {
    bed = await openMachine()
    await installProbes(bed)
    await installProbeGame(bed)
    server = await makeProbeServer(bed, { name: 'shaped', port: 27_015, marker: 'shaped' })
    await server.restart()
    await bed.succeed(`${network}\n${shape('diffserv4')}`)
  })
  afterAll(async () => {
    await bed?.succeed(
      `systemctl stop ${server?.unit}; ip netns delete shaped; ip link delete to-shaped || true`,
    )
  })

  /** Packets that each tin has sent since the queue was made; one without a name where there is but one. */
  const sent = async (): Promise<number[]> => {
    const [queue] = JSON.parse(await bed.succeed('tc -s -j qdisc show dev to-shaped')) as [
      { tins: { sent_packets: number }[] },
    ]
    return queue.tins.map(tin => tin.sent_packets)
  }
  /** How many packets more each tin has sent. Others than the tin's (neighbour discovery) may be among them. */
  const growth = async (sending: () => Promise<unknown>): Promise<number[]> => {
    const before = await sent()
    await sending()
    return (await sent()).map((packets, index) => packets - (before[index] ?? 0))
  }
  const tinOf = async (sending: () => Promise<unknown>): Promise<Tin | 'the only one'> => {
    const grown = await growth(sending)
    expect(Math.max(...grown)).toBeGreaterThanOrEqual(most)
    if (grown.length === 1) return 'the only one'
    return tins[grown.findIndex(packets => packets >= most)] ?? 'bulk'
  }
  const asServer = (address: string) => async () =>
    expect(await server.attempt('run', '/usr/bin/perl', '-e', send(address))).toMatchObject({
      outcome: 'succeeded',
    })

  const marks: Guard = {
    name: 'the chain “marks” of left4me.nft',
    off: async on => {
      await on.succeed(
        'nft list chain inet left4me marks | grep -q expedite && nft flush chain inet left4me marks',
      )
      return {
        [Symbol.asyncDispose]: async () => void (await on.succeed('systemctl reload left4me-firewall')),
      }
    },
  }
  const diffserv4: Guard = {
    name: 'the preset diffserv4 (besteffort)',
    off: async on => {
      await on.succeed(shape('besteffort'))
      return { [Symbol.asyncDispose]: async () => void (await on.succeed(shape('diffserv4'))) }
    },
  }

  for (const family of [4, 6] as const)
    permitted({
      attempt: `the game’s UDP goes ahead in the tin Voice by IPv${family}`,
      guard: marks,
      bed: () => bed,
      ...patience,
      probe: async (): Promise<Outcome> => {
        const tin = await tinOf(asServer(player[family]))
        if (tin === 'voice') return 'succeeded'
        expect(tin).toBe('best effort')
        return 'refused'
      },
    })

  permitted({
    attempt: 'the game’s UDP is told from the rest',
    guard: diffserv4,
    bed: () => bed,
    ...patience,
    probe: async (): Promise<Outcome> =>
      (await tinOf(asServer(player[4]))) === 'voice' ? 'succeeded' : 'refused',
  })

  test('leaves what others of the service user send in Best Effort', async () => {
    await bed.write('/usr/local/share/shaped.pl', send(player[4]))
    const panel = () =>
      bed.succeed(
        'systemd-run --quiet --wait --pipe --slice=system.slice --uid=left4me perl /usr/local/share/shaped.pl',
      )
    expect(await tinOf(panel)).toBe('best effort')
  })

  test('is refused as besteffort on a host that marks packets, before anything is written', async () => {
    const topology = await bed.succeed(topologyCommand)
    const values = (marks: boolean) =>
      hostValues(
        { topology, memory: 4096 },
        { gamePorts: { start: 27_015, end: 27_115 }, cake: 'besteffort', marks },
      )
    expect(() => values(true)).toThrow('does nothing')
    expect(values(false).files).not.toEqual([])
  })
})
