import { afterAll, beforeAll, expect, test } from 'vitest'
import { derivedPorts } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { Bed } from '../support/bed.ts'
import { guarded, type Outcome, permitted } from '../support/guarded.ts'
import { directive } from '../support/guards.ts'
import { openMachine, patience } from '../support/machine.ts'
import { ports, type Scene, setScene } from '../support/probes/scene.ts'

const own = derivedPorts(ports.server)
const others = derivedPorts(ports.neighbour)

/** Tries to bind each `udp:ADDRESS:PORT` and prints what came of it. */
const bindAll = `use IO::Socket::IP; use Socket;
for (@ARGV) {
  my ($protocol, $address, $port) = /^(udp|tcp):(.*):(\\d+)$/;
  my $socket = IO::Socket::IP->new(LocalHost => $address, LocalPort => $port, ReuseAddr => 1, V6Only => 1,
    Type => $protocol eq 'udp' ? SOCK_DGRAM : SOCK_STREAM);
  print "$_=", $socket ? 'bound' : $!{EPERM} ? 'EPERM' : $!, "\\n";
}`
const echo = `use IO::Socket::IP; use Socket;
my $socket = IO::Socket::IP->new(LocalHost => '0.0.0.0', LocalPort => $ARGV[0], Type => SOCK_DGRAM) or die $!;
my $peer = recv $socket, my $text, 100, 0; send $socket, "$text answered", 0, $peer;`
const ask = `use IO::Socket::IP; use Socket;
my $socket = IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $ARGV[0], Type => SOCK_DGRAM) or die $!;
for (1..40) { $socket->send('question'); my $ready = ''; vec($ready, fileno $socket, 1) = 1;
  if (select $ready, undef, undef, 1) { $socket->recv(my $text, 100) // next; print $text; exit 0 if $text eq 'question answered' } }
exit 1`

describeWith(['root'], 'the ports of a server', () => {
  let bed: Bed
  let scene: Scene

  beforeAll(async () => {
    bed = await openMachine()
    scene = await setScene(bed)
    await scene.refresh()
  })
  afterAll(async () => {
    await bed?.succeed(`
      systemctl stop ${scene.server.unit} ${scene.neighbour.unit} ${scene.web.unit}
      rm -r /run/systemd/system/${scene.web.unit}.d
      systemctl daemon-reload`)
  })

  /** All of them or none, else it rejects: a filter that knows only some of them is no filter. */
  const bindsAll = async (...sockets: readonly string[]): Promise<Outcome> => {
    const { detail } = await scene.server.attempt('run', '/usr/bin/perl', '-e', bindAll, ...sockets)
    const results = detail.trim().split(' ')
    expect(results).toHaveLength(sockets.length)
    if (results.every(result => result.endsWith('=bound'))) return 'succeeded'
    if (results.every(result => result.endsWith('=EPERM'))) return 'refused'
    throw new Error(detail)
  }
  const foreign = [
    `tcp:0.0.0.0:${ports.neighbour}`,
    `udp:0.0.0.0:${ports.neighbour}`,
    `tcp::::${ports.neighbour}`,
    `tcp:127.0.0.1:${ports.neighbour}`,
    ...[others.client, others.television, others.steam].map(port => `udp:0.0.0.0:${port}`),
    // Its own numbers, with the other protocol.
    ...[own.client, own.television, own.steam].map(port => `tcp:0.0.0.0:${port}`),
    'tcp:0.0.0.0:27050',
    'udp:0.0.0.0:53000',
    'tcp:127.0.0.1:8001',
    'udp:0.0.0.0:0',
  ]

  guarded({
    attempt: "a server binds a stopped neighbour's ports, and any that aren't its own",
    guard: directive('SocketBindDeny=any', 'left4me-server@.service', 'SocketBindDeny='),
    bed: () => bed,
    ...patience,
    probe: async () => {
      await scene.refresh()
      await bed.succeed(`systemctl stop ${scene.neighbour.unit}`)
      return await bindsAll(...foreign)
    },
  })

  // It listens on its port by both protocols already, or it would have failed: listener.pl.
  permitted({
    attempt: 'a server binds its client, TV and Steam ports',
    guard: directive(
      'the ports that left4me-overlay allows',
      'left4me-server@.service',
      `SocketBindAllow=\nSocketBindAllow=udp:${ports.server}\nSocketBindAllow=tcp:${ports.server}`,
    ),
    bed: () => bed,
    ...patience,
    probe: async () => {
      await scene.refresh()
      return await bindsAll(...[own.client, own.television, own.steam].map(port => `udp:0.0.0.0:${port}`))
    },
  })

  test('are reached by the web application at the loopback address: RCON by TCP, queries by UDP and their answers', async () => {
    await scene.refresh()
    expect(await scene.web.attempt('connect', '127.0.0.1', String(ports.server))).toMatchObject({
      outcome: 'succeeded',
    })
    await scene.server.send('run', '/usr/bin/perl', '-e', echo, String(own.television))
    expect(await scene.web.attempt('run', '/usr/bin/perl', '-e', ask, String(own.television))).toMatchObject({
      outcome: 'succeeded',
      detail: 'question answered',
    })
    // The other way round the wall stands, also beside the kernel's filters for sockets.
    for (const port of [ports.web, ports.neighbour])
      expect(await scene.server.attempt('connect', '127.0.0.1', String(port))).toMatchObject({
        outcome: 'refused',
      })
  })

  test('stay its own when it crashed and was started again, and nothing stays mounted when it is stopped', async () => {
    await scene.refresh()
    const { unit, merged } = scene.server
    await bed.succeed(`
      systemctl kill --signal=SEGV --kill-whom=all ${unit}
      until [ "$(systemctl show --property=NRestarts --value ${unit})" = 1 ]; do sleep 0.2; done
      until systemctl is-active --quiet ${unit}; do sleep 0.2; done
      mountpoint --quiet ${merged}`)
    expect(await bindsAll(`udp:0.0.0.0:${own.client}`)).toBe('succeeded')
    expect(await bindsAll(`tcp:0.0.0.0:27050`)).toBe('refused')
    await bed.succeed(
      `systemctl stop ${unit} left4me-overlay@${scene.server.name}.service; ! mountpoint --quiet ${merged}`,
    )
  })
})
