import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatInstanceEnvironment, hostPaths } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { directive } from '../support/guards.ts'

/** Prints as many numbered lines as it is told, then makes the file `printed` and goes on running. */
const printer = `#!/usr/bin/perl
my ($lines) = "@ARGV" =~ /\\+lines (\\d+)/ or die;
print "numbered $_ ", 'x' x 60, "\\n" for 1 .. $lines;
close STDOUT;
open my $file, '>', 'printed' or die $!;
close $file;
$SIG{INT} = sub { exit 0 };
sleep 1 while 1;
`

describeWith(['root'], 'the journal of the servers', () => {
  let bed: Container
  beforeAll(async () => {
    bed = await openContainer()
    await bed.write(`${hostPaths.installation}/srcds_run`, printer, 0o755)
  })
  afterAll(async () => bed?.[Symbol.asyncDispose]())

  /** Has a new server print that many lines. */
  const print = async (name: string, port: number, lines: number) => {
    const words = ['+lines', String(lines)]
    const text = formatInstanceEnvironment({ port, arguments: words, lowerdirs: ['installation'] })
    const folder = `${hostPaths.instances}/${name}`
    await bed.succeed(`mkdir -p ${folder}; cat >${folder}/instance.env`, { user: 'left4me', input: text })
    await bed.succeed(`systemctl start left4me-server@${name}
      until [ -e ${hostPaths.runtime}/${name}/upper/printed ]; do sleep 0.1; done`)
  }
  /** The numbers of the lines that its journal has. */
  const printed = async (name: string): Promise<number[]> => {
    const journal = 'journalctl --namespace=left4me'
    const text = await bed.succeed(
      `${journal} --sync; ${journal} --unit=left4me-server@${name} --output=cat | cut --characters=1-16`,
    )
    return [...text.matchAll(/^numbered (\d+)/gm)].map(([, number]) => Number(number))
  }
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

  test('loses nothing of a burst of 10,000 lines', async () => {
    await print('burst', 27_015, 10_000)
    expect(await printed('burst')).toEqual(upTo(10_000))
  })

  test('cuts a flood, and takes every line of its neighbour meanwhile', async () => {
    await print('flood', 27_016, 150_000)
    await print('neighbour', 27_017, 1000)
    const flood = await printed('flood')
    // The limit, which journald multiplies by the room that it has, never by more than five for 2 GB.
    expect(flood.length).toBeGreaterThanOrEqual(12_000)
    expect(flood.length).toBeLessThan(60_000)
    expect(flood).toEqual(upTo(flood.length))
    expect(await printed('neighbour')).toEqual(upTo(1000))
  })

  test('would take all of a flood without the unit’s limit', async () => {
    const guard = directive(
      'LogRateLimitIntervalSec=',
      'left4me-server@.service',
      'LogRateLimitIntervalSec=0',
    )
    await using _off = await guard.off(bed)
    await print('unlimited', 27_018, 150_000)
    expect((await printed('unlimited')).length).toBe(150_000)
  })

  test('is apart from the system’s', async () => {
    await print('apart', 27_019, 10)
    const own = await bed.succeed("journalctl --namespace=left4me --output=cat --grep='^numbered' --lines=1")
    expect(own).toMatch(/^numbered/)
    const { stdout } = await bed.run("journalctl --output=cat --grep='^numbered' --lines=1")
    expect(stdout).not.toMatch(/^numbered/m)
  })
})
