import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatInstanceEnvironment, hostPaths } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { type Container, openContainer } from '../support/container.ts'
import { directive } from '../support/guards.ts'

/**
 * Prints numbered lines, ten a second, from where it ended before: its own file remembers. A signal comes between two
 * lines, not between the file and the line.
 */
const printer = `#!/usr/bin/perl
use POSIX qw(SIGINT SIGTERM SIGSEGV SIG_BLOCK SIG_UNBLOCK);
$| = 1;
$SIG{INT} = sub { exit 0 };
my $signals = POSIX::SigSet->new(SIGINT, SIGTERM, SIGSEGV);
my $number = 0;
if (open my $file, '<', 'number') { $number = <$file>; }
for (;;) {
  POSIX::sigprocmask(SIG_BLOCK, $signals);
  $number++;
  open my $file, '>', 'number.new'; print $file $number; close $file; rename 'number.new', 'number';
  print "said $number\\n";
  POSIX::sigprocmask(SIG_UNBLOCK, $signals);
  select undef, undef, undef, 0.1;
}
`

const program = '/usr/local/lib/left4me/node/bin/node /opt/left4me/src/e2e/host/support/follow-console.ts'
const folder = `${hostPaths.instances}/1`
const seenFile = `${folder}/seen`

interface SeenLine {
  readonly sequence: number
  readonly text: string
}

describeWith(['root'], 'the numbers of console lines', () => {
  let bed: Container
  beforeAll(async () => {
    bed = await openContainer()
    await bed.write(`${hostPaths.installation}/srcds_run`, printer, 0o755)
    const text = formatInstanceEnvironment({ port: 27_015, arguments: ['+x'], lowerdirs: ['installation'] })
    await bed.succeed(`mkdir -p ${folder}; cat >${folder}/instance.env`, { user: 'left4me', input: text })
    await follow()
    await bed.succeed('systemctl enable --now left4me-server@1')
    await furtherLines(3)
  })
  afterAll(async () => bed?.[Symbol.asyncDispose]())

  /** Follows from behind the last line that was seen, as the web application does when it has come back. */
  const follow = async (): Promise<void> => {
    const last = (await seen()).at(-1)?.sequence ?? 0
    const command = `exec ${program} ${folder}/log 1 ${last} >>${seenFile} 2>>${folder}/errors`
    const unit = ['--unit=follower', '--uid=left4me', '--property=KillMode=mixed', '--collect', '--quiet']
    const before = await bed.run(`grep --count '^0 following' ${seenFile}`)
    await bed.succeed(`systemd-run ${unit.join(' ')} bash -c '${command}'
      until [ "$(grep --count '^0 following' ${seenFile})" != "${before.stdout.trim() || 0}" ]; do sleep 0.05; done`)
  }

  const seen = async (): Promise<SeenLine[]> => {
    const { stdout } = await bed.run(`cat ${seenFile}`)
    return stdout.split('\n').flatMap(row => {
      const [, sequence = '', text = ''] = /^(\d+) (said \d+)$/.exec(row) ?? []
      return text === '' ? [] : [{ sequence: Number(sequence), text }]
    })
  }

  const furtherLines = async (count: number): Promise<void> => {
    const wanted = (await seen()).length + count
    await bed.succeed(
      `for ((round = 0; round < 2400; round++)); do
        [ "$(grep --count ' said ' ${seenFile})" -ge ${wanted} ] && exit 0; sleep 0.05
      done; cat ${folder}/errors; exit 1`,
    )
  }

  /** A script that ends when the server has printed so many lines more, whoever reads them. */
  const printsOn = (count: number) => `
    number=${hostPaths.runtime}/1/merged/number
    until=$(($(<$number) + ${count}))
    until [ "$(<$number)" -ge $until ]; do sleep 0.05; done`

  /** Ends who follows, and waits until nothing of it is left. */
  const killFollower = async (): Promise<void> => {
    await bed.succeed(`systemctl kill --signal=KILL follower
      while systemctl list-units --all --no-legend follower.service | grep --quiet .; do sleep 0.05; done`)
  }

  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

  const expectAll = async (): Promise<void> => {
    const lines = await seen()
    expect(lines.map(({ text }) => text)).toEqual(upTo(lines.length).map(number => `said ${number}`))
    expect(lines.map(({ sequence }) => sequence)).toEqual(upTo(lines.length))
  }

  test.each([
    ['journalctl is killed', 'pkill --signal KILL --full "^/usr/bin/journalctl .*left4me-server@1"'],
    ['journald is restarted', 'systemctl restart systemd-journald@left4me'],
    ['journald is killed', 'systemctl kill --signal=KILL systemd-journald@left4me'],
    ['the journal begins a new file', 'journalctl --namespace=left4me --rotate'],
    ['the server is restarted', 'systemctl restart left4me-server@1'],
    ['the server crashes', 'systemctl kill --signal=SEGV left4me-server@1'],
  ])('go on by one a line when %s', async (_, event) => {
    await bed.succeed(event)
    await furtherLines(5)
    await expectAll()
  })

  test('go on by one a line when who reads is killed, and lines come meanwhile', async () => {
    for (let round = 0; round < 3; round += 1) {
      await killFollower()
      await bed.succeed(printsOn(5))
      await follow()
      await furtherLines(3)
    }
    await expectAll()
  })

  test('go on by one a line when the machine restarts', async () => {
    await bed.succeed('systemctl stop follower left4me-server@1; journalctl --namespace=left4me --sync')
    await bed.reboot()
    await follow()
    await furtherLines(5)
    await expectAll()
  })

  test('go on, each given once, when journald has deleted what nobody had read', async () => {
    await killFollower()
    const before = await seen()
    await bed.succeed(`${printsOn(10)}
      systemctl stop left4me-server@1
      journalctl --namespace=left4me --sync
      journalctl --namespace=left4me --rotate
      systemctl start left4me-server@1
      ${printsOn(5)}
      journalctl --namespace=left4me --vacuum-files=1 --quiet`)
    await follow()
    await furtherLines(3)
    const after = (await seen()).slice(before.length)
    const last = before.at(-1)?.sequence ?? 0
    const first = after[0]?.sequence ?? 0
    // Nobody knows how many there were in between.
    expect(first).toBeGreaterThan(last)
    expect(after.map(({ sequence }) => sequence)).toEqual(
      upTo(after.length).map(number => first - 1 + number),
    )
    const numbers = after.map(({ text }) => Number(text.slice('said '.length)))
    expect(numbers).toEqual(upTo(after.length).map(number => (numbers[0] ?? 0) - 1 + number))
    expect(numbers[0]).toBeGreaterThan(before.length + 1)
  })

  // The control to “journald is killed”: systemd-journald@.service as Debian has it.
  test('would stop for good when journald is killed, were it not restarted with its connections', async () => {
    await using _off = await directive('Restart=', 'systemd-journald@left4me.service', 'Restart=no').off(bed)
    const written = await bed.succeed(`
      process() { systemctl show --property=MainPID --value systemd-journald@left4me; }
      before=$(process)
      systemctl kill --signal=KILL systemd-journald@left4me
      while [ "$(process)" = "$before" ]; do sleep 0.05; done
      journalctl --namespace=left4me --output=cat --grep='^said' --lines=1`)
    await waitFor('what was written is read', async () => (await seen()).at(-1)?.text === written)
    await bed.succeed(printsOn(20))
    expect((await seen()).at(-1)?.text).toBe(written)
    await bed.succeed('systemctl restart left4me-server@1')
    await furtherLines(3)
  })
})
