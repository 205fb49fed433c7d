import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { installProbes } from '../support/probes/install-probes.ts'
import { installProbeGame, makeProbeServer, type ProbeServer } from '../support/probes/probe-server.ts'

const table = '/opt/left4me/src/deploy/files/nftables/left4me.nft'

/**
 * Tries again and again to connect to a port of this host until there is a file `enough`, and prints how often it could.
 * Makes the file `trying` once it is at it, and `connected` when it could.
 */
const persistent = `use Socket;
sub make { open my $file, '>', $_[0] or die "$_[0]: $!"; }
my ($open, $tries) = (0, 0);
until (-e 'enough') {
  socket my $s, AF_INET, SOCK_STREAM, 0 or die;
  make 'connected' if connect $s, pack_sockaddr_in(27100, INADDR_LOOPBACK) and !$open++;
  make 'trying' if ++$tries == 100;
}
print "connections: $open\\n";`

describeWith(['root'], 'the firewall table', () => {
  let bed: Container
  let server: ProbeServer

  beforeAll(async () => {
    bed = await openContainer()
    await installProbes(bed)
    await installProbeGame(bed)
    server = await makeProbeServer(bed, { name: 'walled', port: 27_015, marker: 'walled' })
    await server.restart()
    await bed.succeed(
      `systemd-run --quiet --unit=listener perl -MSocket -e 'socket S, AF_INET, SOCK_STREAM, 0; setsockopt S, SOL_SOCKET, SO_REUSEADDR, 1; bind S, pack_sockaddr_in(27100, INADDR_LOOPBACK) or die $!; listen S, 1000 or die $!; close $c while accept $c, S'
       until ss --no-header --listening --tcp --numeric 'sport = 27100' | grep -q .; do sleep 0.05; done`,
    )
  })
  afterAll(async () => bed?.[Symbol.asyncDispose]())

  const connects = async () => (await server.attempt('connect', '127.0.0.1', '27100')).outcome

  test('stands from the first server on, and only keeps servers away', async () => {
    expect(await connects()).toBe('refused')
    const { code } = await bed.run('exec 3<>/dev/tcp/127.0.0.1/27100', { user: 'left4me' })
    expect(code).toBe(0)
  })

  const connectionsWhile = async (script: string): Promise<number> => {
    await bed.succeed(`cd ${server.merged}; rm -f trying connected enough`)
    const [answer] = await Promise.all([
      server.attempt('run', '/usr/bin/perl', '-e', `chdir '${server.merged}' or die; ${persistent}`),
      bed.succeed(`
        cd ${server.merged}
        until [ -e trying ]; do sleep 0.02; done
        ${script}
        touch enough`),
    ])
    return Number(/connections: (\d+)/.exec(answer.detail)?.[1])
  }

  test('is loaded again without a moment in which it is missing', async () => {
    expect(
      await connectionsWhile('for _ in $(seq 20); do systemctl reload left4me-firewall; sleep 0.1; done'),
    ).toBe(0)
  })

  test('would be missing for a moment if it were deleted and loaded', async () => {
    // A moment that is as long as it has to be.
    const apart = `nft delete table inet left4me; until [ -e connected ]; do sleep 0.02; done; nft --file ${table}`
    expect(await connectionsWhile(apart)).toBeGreaterThan(0)
  })

  const untilBack = 'until nft list table inet left4me >/dev/null 2>&1; do sleep 0.05; done'

  test.each(['restart', 'reload', 'stop'])(
    'is back after systemctl %s nftables, which flushes all tables',
    async verb => {
      const before = await server.process()
      await bed.succeed(`systemctl start nftables; systemctl ${verb} nftables; ${untilBack}`)
      expect(await connects()).toBe('refused')
      expect(await server.process()).toBe(before)
    },
  )

  test('would be gone without the drop-in of nftables.service', async () => {
    await bed.succeed('systemctl start nftables')
    await bed.write(
      '/run/systemd/system/nftables.service.d/zz.conf',
      '[Service]\nExecStartPost=\nExecStopPost=\n',
    )
    try {
      await bed.succeed('systemctl daemon-reload; systemctl restart nftables; sleep 0.5')
      expect(await connects()).toBe('succeeded')
    } finally {
      await bed.succeed(
        `rm -r /run/systemd/system/nftables.service.d; systemctl daemon-reload; systemctl restart nftables; ${untilBack}`,
      )
    }
  })

  /** Once nothing is left in it: a slice that is stopped with its servers may go while their last processes do. */
  const stopSlice = () =>
    bed.succeed(`
      systemctl stop ${server.unit} left4me-overlay@${server.name}.service
      while grep --quiet '^populated 1' /sys/fs/cgroup/l4d2.slice/cgroup.events 2>/dev/null; do sleep 0.05; done
      systemctl stop l4d2.slice`)

  test('knows the slice of the games also when that was made anew', async () => {
    const id = () => bed.succeed('stat --format=%i /sys/fs/cgroup/l4d2.slice/l4d2-game.slice')
    const before = await id()
    await stopSlice()
    await server.restart()
    expect(await id()).not.toBe(before)
    expect(await connects()).toBe('refused')
  })

  test('is required by servers: where it can’t be loaded, none starts', async () => {
    await stopSlice()
    await bed.write('/etc/left4me/nftables.d/wrong.nft', 'no such statement\n')
    const refused = await bed.run(`systemctl start ${server.unit}`)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('dependency job')
    await bed.succeed('rm /etc/left4me/nftables.d/wrong.nft')
    await server.restart()
    expect(await connects()).toBe('refused')
  })

  test('can’t be stopped by hand, since all servers would stop with it', async () => {
    const { code, stderr } = await bed.run('systemctl stop left4me-firewall')
    expect({ code, refused: stderr.includes('Operation refused') }).toEqual({ code: 4, refused: true })
    expect(await bed.succeed(`systemctl is-active ${server.unit}`)).toBe('active')
  })

  test('leaves other tables as they are, counters included, when it is loaded again', async () => {
    await bed.succeed(`nft --file - <<'TABLE'
      table inet neighbour {
        set seen { type ipv4_addr; elements = { 192.0.2.1 } }
        chain output {
          type filter hook output priority 10; policy accept
          oifname lo counter comment "kept"
        }
      }
TABLE
      echo -n x >/dev/udp/127.0.0.1/9`)
    const list = () => bed.succeed('nft --handle list table inet neighbour')
    const before = await list()
    expect(before).toMatch(/counter packets [1-9]/)
    await bed.succeed(
      `nft list table inet left4me >/dev/null; nft --check --file ${table}; systemctl reload left4me-firewall`,
    )
    expect((await list()).replace(/counter packets \d+ bytes \d+/, '')).toBe(
      before.replace(/counter packets \d+ bytes \d+/, ''),
    )
    expect(Number(/packets (\d+)/.exec(await list())?.[1])).toBeGreaterThanOrEqual(
      Number(/packets (\d+)/.exec(before)?.[1]),
    )
    // What Debian's own file does: it begins with flush ruleset.
    await bed.succeed('nft --file /etc/nftables.conf')
    expect((await bed.run('nft list table inet neighbour')).code).not.toBe(0)
    await bed.succeed('systemctl reload left4me-firewall')
  })

  test('lets a server send UDP to the ports that answers go to, the resolver and the log listener, no other of this host', async () => {
    const fragment = '/etc/left4me/nftables.d/log-listener.nft'
    await bed.write(fragment, 'add element inet left4me ports_to_send_to { 27500 }\n')
    await bed.succeed('systemctl reload left4me-firewall')
    const sends = async (address: string, port: number) =>
      (
        await server.attempt(
          'run',
          '/usr/bin/perl',
          ...['-MIO::Socket::IP', '-MSocket', '-e'],
          'my $s = IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1], Type => SOCK_DGRAM) or die; defined $s->send("x") or die $!; print "sent\\n"',
          ...[address, String(port)],
        )
      ).outcome
    for (const address of ['127.0.0.1', '::1']) {
      for (const port of [53, 27_500, 40_000])
        expect([port, await sends(address, port)]).toEqual([port, 'succeeded'])
      for (const port of [123, 323, 27_016, 27_501, 30_015])
        expect([port, await sends(address, port)]).toEqual([port, 'refused'])
    }
    await bed.succeed(`rm ${fragment}; systemctl reload left4me-firewall`)
    expect(await sends('127.0.0.1', 27_500)).toBe('refused')
    await bed.succeed('nft flush chain inet left4me guard')
    expect(await sends('127.0.0.1', 323)).toBe('succeeded')
    await bed.succeed('systemctl reload left4me-firewall')
  })
})
