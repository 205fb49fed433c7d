import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { type Container, openContainer } from '../support/container.ts'
import { installProbes } from '../support/probes/install-probes.ts'
import { installProbeGame, makeProbeServer, type ProbeServer } from '../support/probes/probe-server.ts'

/** A player's machine is another network namespace. Addresses of documentation: RFC 5737, RFC 3849. */
const player = { 4: '198.51.100.2', 6: '2001:db8::2' } as const
const network = `
  ip netns add player
  ip link add to-player type veth peer name to-host
  ip link set to-host netns player
  ip address add 198.51.100.1/24 dev to-player
  ip address add 2001:db8::1/64 dev to-player nodad
  ip link set to-player up
  ip -netns player address add ${player[4]}/24 dev to-host
  ip -netns player address add ${player[6]}/64 dev to-host nodad
  ip -netns player link set to-host up`

/** EF, 46, is in the upper six bits of the traffic class: RFC 3246, RFC 2474. */
const expedited = 0xb8

/** Sends a packet to each port that it is told, `udp:4:40001`. */
const send = `use IO::Socket::IP; use Socket;
for (@ARGV) {
  my ($protocol, $family, $port) = split /:/;
  my $host = $family == 4 ? '${player[4]}' : '${player[6]}';
  my $socket = IO::Socket::IP->new(PeerHost => $host, PeerPort => $port, Timeout => 1,
    Type => $protocol eq 'udp' ? SOCK_DGRAM : SOCK_STREAM);
  $socket->send('hello') if $protocol eq 'udp' && $socket;
}
print "done\\n";`

describeWith(['root'], 'the marks on packets', () => {
  let bed: Container
  let server: ProbeServer

  beforeAll(async () => {
    bed = await openContainer()
    await installProbes(bed)
    await installProbeGame(bed)
    server = await makeProbeServer(bed, { name: 'marked', port: 27_015, marker: 'marked' })
    await server.restart()
    await bed.succeed(network)
    await bed.write('/usr/local/share/send.pl', send)
  })
  afterAll(async () => bed?.[Symbol.asyncDispose]())

  let captures = 0
  /** The traffic class of what arrived at the player's machine, by the port that it was sent to; waits for those ports. */
  const capture = async (
    sending: () => Promise<void>,
    ports: readonly number[],
  ): Promise<Record<number, number>> => {
    captures += 1
    const unit = `capture-${captures}`
    await bed.succeed(`systemd-run --quiet --unit=${unit} --property=Type=exec ip netns exec player \\
        tcpdump --immediate-mode -U -n -i to-host -w /run/${unit} 'udp or tcp or ip6'
      until journalctl --unit=${unit} --output=cat | grep -q 'listening on'; do sleep 0.05; done`)
    await sending()
    const classes = await waitFor(`packets to the ports ${ports}`, async () => {
      // Written as it comes (-U): the last packet may be there in part.
      const { stdout } = await bed.run(`tcpdump -n -v -r /run/${unit} 2>/dev/null`)
      const seen = classesIn(stdout)
      return ports.every(port => port in seen) && seen
    })
    await bed.succeed(`systemctl stop ${unit}; systemctl reset-failed ${unit} 2>/dev/null || true`)
    return classes
  }
  const classesIn = (text: string): Record<number, number> => {
    const classes: Record<number, number> = {}
    for (const packet of text.split(/\n(?=\d\d:)/)) {
      const port = /> (?:198\.51\.100\.2|2001:db8::2)\.(\d+):/.exec(packet)?.[1]
      if (port === undefined) continue
      const value = /(?:tos|class) (0x[0-9a-f]+)/.exec(packet)?.[1]
      classes[Number(port)] = value === undefined ? 0 : Number(value)
    }
    return classes
  }

  const sendAsServer = async (...targets: string[]) => {
    // /usr/local isn't there inside the server.
    expect(await server.attempt('run', '/usr/bin/perl', '-e', send, ...targets)).toMatchObject({
      outcome: 'succeeded',
    })
  }
  const sendFrom = async (slice: string, user: string, ...targets: string[]) => {
    await bed.succeed(
      `systemd-run --quiet --wait --pipe --slice=${slice} --uid=${user} perl /usr/local/share/send.pl ${targets.join(' ')}`,
    )
  }

  test('are on the game’s UDP, of both families, and on nothing else of the service user’s or the host’s', async () => {
    const expected = {
      40001: expedited,
      40002: expedited,
      40003: 0,
      40004: 0,
      40011: 0,
      40012: 0,
      40013: 0,
      40021: 0,
      40022: 0,
      40031: 0,
      40032: 0,
    }
    const classes = await capture(async () => {
      await sendAsServer('udp:4:40001', 'udp:6:40002', 'tcp:4:40003', 'tcp:6:40004')
      await sendFrom('system.slice', 'left4me', 'udp:4:40011', 'udp:6:40012', 'tcp:4:40013')
      await sendFrom('l4d2-build.slice', 'left4me', 'udp:4:40021', 'udp:6:40022')
      await sendFrom('system.slice', 'root', 'udp:4:40031', 'udp:6:40032')
    }, Object.keys(expected).map(Number))
    expect(classes).toEqual(expected)
  })

  test('come from the chain “marks” alone', async () => {
    await bed.succeed('nft flush chain inet left4me marks')
    try {
      const classes = await capture(
        async () => await sendAsServer('udp:4:40001', 'udp:6:40002'),
        [40001, 40002],
      )
      expect(classes).toEqual({ 40001: 0, 40002: 0 })
    } finally {
      await bed.succeed('systemctl reload left4me-firewall')
    }
  })

  test('go on after the table was loaded again, while the server runs', async () => {
    await bed.succeed('systemctl reload left4me-firewall')
    const classes = await capture(
      async () => await sendAsServer('udp:4:40001', 'udp:6:40002'),
      [40001, 40002],
    )
    expect(classes).toEqual({ 40001: expedited, 40002: expedited })
  })
})
