import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseScriptReport, type ScriptReport } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { Bed } from '../support/bed.ts'
import { type Guard, guarded, type Outcome, permitted } from '../support/guarded.ts'
import { all, check } from '../support/guards.ts'
import { bySudo, helperSource } from '../support/helper-scene.ts'
import { openMachine, patience } from '../support/machine.ts'
import { connectOutside, disconnectOutside, outside } from '../support/outside.ts'

const settings = `${helperSource}/sandbox/sandbox-properties.ts`
const addressFilter = check('IPAddressDeny=', settings, text =>
  text.replace(/`IPAddressDeny=[^`]*`,/, "'IPAddressDeny=',"),
)
const firewall: Guard = {
  name: 'the chain “guard” of left4me.nft',
  off: async bed => {
    await bed.succeed('nft list chain inet left4me guard | grep goto; nft flush chain inet left4me guard')
    return {
      [Symbol.asyncDispose]: async () => {
        await bed.succeed('systemctl reload left4me-firewall')
      },
    }
  },
}

const port = 27_100
const { public: open, private: closed } = outside
const forbidden = [
  '127.0.0.1',
  '::1',
  open.host4,
  open.host6,
  closed.host4,
  closed.other4,
  closed.host6,
  closed.other6,
]
const allowed = [open.other4, open.other6]

/** Listens at all addresses of both families. */
const listen = `use IO::Socket::IP;
my $socket = IO::Socket::IP->new(LocalHost => '::', LocalPort => ${port}, Listen => 100, V6Only => 0, ReuseAddr => 1) or die $!;
while (my $peer = $socket->accept) { close $peer }`

/** Connects to all addresses at once, and prints each that let it in. */
const connectToAll = `#!/usr/bin/perl
use strict;
use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6 SOCK_NONBLOCK);
my %waiting;
for my $host (qw(${[...forbidden, ...allowed].join(' ')})) {
  my $six = $host =~ /:/;
  socket my $socket, $six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0 or die "socket: $!";
  my $binary = inet_pton($six ? AF_INET6 : AF_INET, $host);
  my $done = connect $socket, $six ? pack_sockaddr_in6(${port}, $binary) : pack_sockaddr_in(${port}, $binary);
  if ($done) { print "open $host\\n" } elsif ($!{EINPROGRESS}) { $waiting{$host} = $socket } else { print "$! $host\\n" }
}
my ($end, $over) = (time + 5, 0);
# One look after the end, too: it may come while nobody let this program run.
while (%waiting && !$over) {
  $over = time >= $end;
  my $ready = '';
  vec($ready, fileno $_, 1) = 1 for values %waiting;
  select undef, $ready, undef, 1;
  for my $host (keys %waiting) {
    next unless vec $ready, fileno $waiting{$host}, 1;
    my $error = unpack 'i', getsockopt $waiting{$host}, SOL_SOCKET, SO_ERROR;
    print $error ? do { local $! = $error; "$!" } : 'open', " $host\\n";
    delete $waiting{$host};
  }
}
print "silent $_\\n" for keys %waiting;
`

/** A name server that says of every name that it has the address 203.0.113.80, whatever is asked: RFC 1035. */
const nameServer = `use IO::Socket::IP; use Socket;
my $socket = IO::Socket::IP->new(LocalHost => $ARGV[0], LocalPort => 53, Type => SOCK_DGRAM) or die $!;
while (my $peer = $socket->recv(my $question, 512)) {
  my ($name, $type) = substr($question, 12) =~ /^((?:[^\\0][^\\0]*)?\\0)(..)/s or next;
  my $is_a = $type eq "\\0\\1";
  my $answer = $is_a ? "\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\1\\0\\4" . inet_aton('203.0.113.80') : '';
  $socket->send(substr($question, 0, 2) . "\\x81\\x80\\0\\1" . pack('n', $is_a) . "\\0\\0\\0\\0" . $name . "$type\\0\\1" . $answer, 0, $peer);
}`

/** Writes to so many MiB of memory, and has them all at once. */
const takeMemory = (mebibytes: number): string =>
  `exec perl -e 'my @taken; push @taken, "x" x 1048576 for 1..${mebibytes}; print "took it\\n"'`

const makeProcesses = (count: number): string => `#!/usr/bin/perl
my @made;
for (1..${count}) { my $child = fork; last unless defined $child; if (!$child) { sleep 10000; exit } push @made, $child }
kill 'KILL', @made; print scalar @made, "\\n"; exit(@made == ${count} ? 0 : 1);
`

describeWith(['root'], 'a script in the sandbox', () => {
  let bed: Bed

  beforeAll(async () => {
    bed = await openMachine()
    await connectOutside(bed)
    await bed.write('/usr/local/share/listen.pl', listen)
    await bed.write('/usr/local/share/name-server.pl', nameServer)
    await bed.succeed(
      `
      in_outside='ip netns exec outside'
      systemd-run --quiet --unit=outside-host perl /usr/local/share/listen.pl
      systemd-run --quiet --unit=outside-other $in_outside perl /usr/local/share/listen.pl
      systemd-run --quiet --unit=outside-resolver $in_outside perl /usr/local/share/name-server.pl ${outside.resolver}
      systemd-run --quiet --unit=outside-own-resolver perl /usr/local/share/name-server.pl 127.0.0.53
      cd /var/lib/left4me
      install -d -o left4me -g left4me overlays/7 overlays/7/draft tmp/scripts
      for address in ${[...forbidden, ...allowed].join(' ')}; do
        until timeout 5 bash -c "exec 3<>/dev/tcp/$address/${port}"; do sleep 0.2; done
      done`,
      patience,
    )
  })
  afterAll(async () => {
    await disconnectOutside(bed)
    await bed.succeed('rm -rf /var/lib/left4me/overlays/7 /var/lib/left4me/tmp/scripts')
  })

  const run = async (script: string): Promise<{ stdout: string; report: ScriptReport }> => {
    await bed.succeed('rm -f /var/lib/left4me/tmp/scripts/job; cat >/var/lib/left4me/tmp/scripts/job', {
      user: 'left4me',
      input: script,
    })
    const { stdout, stderr } = await bySudo(bed, 'left4me-script-sandbox 7 job', 600_000)
    const report = parseScriptReport(stderr)
    if (report === null) throw new Error(`no report: ${stderr}`)
    return { stdout, report }
  }

  /** Rejects unless the public addresses of others are reached, and of the rest all or none. */
  const reachesForbidden = async (): Promise<Outcome> => {
    const { stdout, report } = await run(connectToAll)
    expect(report).toMatchObject({ outcome: 'succeeded' })
    const reached = [...stdout.matchAll(/^open (.*)$/gm)].map(([, address = '']) => address)
    expect(reached).toEqual(expect.arrayContaining(allowed))
    const wrongly = reached.filter(address => forbidden.includes(address))
    if (wrongly.length === 0) return 'refused'
    expect(new Set(wrongly)).toEqual(new Set(forbidden))
    return 'succeeded'
  }

  guarded({
    attempt:
      'a script connects to loopback, private networks and the host’s own addresses, public ones included',
    guard: all([addressFilter, firewall]),
    bed: () => bed,
    ...patience,
    probe: reachesForbidden,
  })

  test.each([addressFilter, firewall])('is kept to public addresses also without $name', async guard => {
    await using _off = await guard.off(bed)
    expect(await reachesForbidden()).toBe('refused')
  })

  permitted({
    attempt: 'a script looks up a name',
    guard: check(
      'a public resolver in sandbox-resolv.conf, instead of the host’s own',
      '/etc/left4me/sandbox-resolv.conf',
      () => 'nameserver 127.0.0.53\noptions timeout:2 attempts:1\n',
    ),
    bed: () => bed,
    ...patience,
    probe: async (): Promise<Outcome> => {
      const { stdout, report } = await run('getent ahostsv4 maps.example || echo unknown')
      expect(report.outcome).toBe('succeeded')
      if (stdout === 'unknown\n') return 'refused'
      expect(stdout).toContain('203.0.113.80')
      return 'succeeded'
    },
  })

  let memoryIsLess = true
  const lessMemory = check('less memory', settings, text => text.replace('MemoryMax=4G', 'MemoryMax=64M'))
  guarded({
    attempt: 'a script takes more memory than it may have',
    guard: {
      name: 'MemoryMax=',
      off: async () => {
        memoryIsLess = false
        return {
          [Symbol.asyncDispose]: async () => {
            memoryIsLess = true
          },
        }
      },
    },
    bed: () => bed,
    ...patience,
    probe: async (): Promise<Outcome> => {
      // The machine itself hasn't the 4 GiB that a script may have.
      await using _less = memoryIsLess ? await lessMemory.off(bed) : null
      const { stdout, report } = await run(takeMemory(128))
      if (report.outcome === 'out-of-memory') return 'refused'
      expect([report.outcome, stdout]).toEqual(['succeeded', 'took it\n'])
      expect(report.memoryPeakBytes).toBeGreaterThan(128 * 1024 ** 2)
      return 'succeeded'
    },
  })

  guarded({
    attempt: 'a script makes 600 processes',
    guard: check('TasksMax=512', settings, text => text.replace('TasksMax=512', 'TasksMax=infinity')),
    bed: () => bed,
    ...patience,
    probe: async (): Promise<Outcome> => {
      const { stdout, report } = await run(makeProcesses(600))
      if (report.outcome === 'succeeded') return 'succeeded'
      expect(report).toMatchObject({ outcome: 'failed', exitCode: 1 })
      expect(Number(stdout)).toBeGreaterThan(400)
      expect(Number(stdout)).toBeLessThan(512)
      return 'refused'
    },
  })
})
