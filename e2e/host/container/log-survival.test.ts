import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatInstanceEnvironment, hostPaths } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { directive } from '../support/guards.ts'

/** Prints numbered lines, ten a second, from where it ended before: its own file remembers. */
const printer = `#!/usr/bin/perl
$| = 1;
$SIG{INT} = sub { exit 0 };
my $number = 0;
if (open my $file, '<', 'number') { $number = <$file>; }
for (;;) {
  $number++;
  open my $file, '>', 'number.new'; print $file $number; close $file; rename 'number.new', 'number';
  print "said $number\\n";
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
      `for ((round = 0; round < 600; round++)); do
        [ "$(grep --count ' said ' ${seenFile})" -ge ${wanted} ] && exit 0; sleep 0.05
      done; cat ${folder}/errors; exit 1`,
    )
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
      await bed.succeed('systemctl kill --signal=KILL follower; sleep 0.5')
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
    await bed.succeed('systemctl kill --signal=KILL follower')
    const before = await seen()
    await bed.succeed(`sleep 1; systemctl stop left4me-server@1
      journalctl --namespace=left4me --rotate
      systemctl start left4me-server@1; sleep 0.5
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
    await bed.succeed('systemctl kill --signal=KILL systemd-journald@left4me; sleep 1')
    const before = (await seen()).length
    await bed.succeed('sleep 2')
    expect((await seen()).length).toBe(before)
    await bed.succeed('systemctl restart left4me-server@1')
    await furtherLines(3)
  })
})
