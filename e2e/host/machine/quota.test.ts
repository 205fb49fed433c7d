import { afterAll, beforeAll, expect } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { Bed } from '../support/bed.ts'
import { guarded } from '../support/guarded.ts'
import { check } from '../support/guards.ts'
import { openMachine, patience } from '../support/machine.ts'
import { installProbes } from '../support/probes/install-probes.ts'
import { installProbeGame, makeProbeServer, type ProbeServer } from '../support/probes/probe-server.ts'

const limits = '/etc/left4me/limits.env'

/** Writes 40 MiB into a file, ends with 1 when the kernel refuses some of it, and removes the file. */
const fill = `open my $file, '>', $ARGV[0] or die "open: $!"; my $text = 'x' x 1048576; my $written = 0;
while ($written < 40 * 1048576) {
  my $count = syswrite $file, $text;
  if (!defined $count) { printf 'stopped at %d MiB: %s', $written / 1048576, $!; unlink $ARGV[0]; exit 1 }
  $written += $count;
}
close $file; unlink $ARGV[0]; print 'wrote all'`

/** The machine's file system keeps project quotas, as an administrator may set one up: ext4(5). */
describeWith(['root'], 'a project quota', () => {
  let bed: Bed
  let server: ProbeServer

  beforeAll(async () => {
    bed = await openMachine()
    await installProbes(bed)
    await installProbeGame(bed)
    await bed.write(limits, `SERVER_DISK_BYTES=${20 * 1024 ** 2}\n`)
    server = await makeProbeServer(bed, { name: '7', port: 27_015, marker: 'quota' })
  })
  afterAll(async () => {
    await bed?.succeed(`systemctl stop ${server.unit} left4me-overlay@7.service; rm -f ${limits}`)
  })

  // Nobody else stops it: the watcher's timer is off in the machine.
  guarded({
    attempt: 'a server writes more into its upper than its project quota',
    guard: check(
      "new folders that join the server's project",
      '/opt/left4me/src/packages/privileged/src/overlay/server-quota.ts',
      text =>
        text.replace('if (project === null || !findMountOf(upper)?.projectQuotas) return\n', 'return\n'),
    ),
    bed: () => bed,
    ...patience,
    probe: async () => {
      await bed.succeed(`
        systemctl stop ${server.unit} left4me-overlay@7.service
        /usr/local/libexec/left4me/left4me-overlay remove 7`)
      await server.restart()
      const { outcome, detail } = await server.attempt(
        ...['run', '/usr/bin/perl', '-e', fill, `${server.merged}/filled`],
      )
      // A twentieth above the limit, since the watcher has to find it beyond that; the server has other files too.
      const refused = /^exit-1 stopped at (20|21) MiB: Disk quota exceeded/
      expect(detail).toMatch(outcome === 'refused' ? refused : /^wrote all/)
      return outcome
    },
  })
})
