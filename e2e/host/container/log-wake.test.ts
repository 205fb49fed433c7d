import { afterAll, beforeAll, expect, test } from 'vitest'
import { formatInstanceEnvironment, hostPaths } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'

/** Prints a line for each file `line-…` that is put into its folder. */
const printer = `#!/usr/bin/perl
$| = 1;
$SIG{INT} = sub { exit 0 };
for (;;) {
  for my $file (glob 'line-*') { unlink $file; print "printed $file\\n"; }
  select undef, undef, undef, 0.01;
}
`

describeWith(['root'], 'who follows a console', () => {
  let bed: Container
  let count = 0
  beforeAll(async () => {
    bed = await openContainer()
    await bed.write(`${hostPaths.installation}/srcds_run`, printer, 0o755)
    const text = formatInstanceEnvironment({ port: 27_015, arguments: ['+x'], lowerdirs: ['installation'] })
    const folder = `${hostPaths.instances}/1`
    await bed.succeed(`mkdir -p ${folder}; cat >${folder}/instance.env`, { user: 'left4me', input: text })
    await bed.succeed('systemctl start left4me-server@1')
  })
  afterAll(async () => bed?.[Symbol.asyncDispose]())

  /** Lets the server print a line: whether the readers are woken up for it, within so many seconds after it is read. */
  const wokenUp = async (patience = 60): Promise<boolean> => {
    count += 1
    const changed = 'stat --format=%y /var/log/journal/*.left4me/wake 2>/dev/null || true'
    const text = await bed.succeed(`
      before=$(${changed})
      touch ${hostPaths.runtime}/1/merged/line-${count}
      until journalctl --namespace=left4me --quiet --grep='printed line-${count}$' >/dev/null; do sleep 0.02; done
      for ((round = 0; round < ${patience * 20}; round++)); do
        [ "$before" = "$(${changed})" ] || { echo yes; break; }
        sleep 0.05
      done`)
    return text === 'yes'
  }

  test('is woken up by each line', async () => {
    expect(await bed.succeed('systemctl is-active left4me-log-wake.socket')).toBe('active')
    for (let round = 0; round < 3; round += 1) expect(await wokenUp()).toBe(true)
    expect(await bed.succeed('systemctl is-active left4me-log-wake.service')).toBe('active')
  })

  test('is not without the program that does it, and gets every line all the same', async () => {
    await bed.succeed('systemctl stop left4me-log-wake.socket left4me-log-wake.service')
    try {
      expect(await wokenUp(1)).toBe(false)
    } finally {
      await bed.succeed('systemctl start left4me-log-wake.socket')
    }
    expect(await wokenUp()).toBe(true)
  })

  test('is woken up again after the program died, and after journald was restarted', async () => {
    await bed.succeed('systemctl kill --signal=KILL left4me-log-wake.service')
    expect(await wokenUp()).toBe(true)
    await bed.succeed('systemctl restart systemd-journald@left4me')
    expect(await wokenUp()).toBe(true)
  })

  test('can be woken up by root alone', async () => {
    const script = `perl -MSocket -e 'socket S, AF_UNIX, SOCK_DGRAM, 0; send S, "x", 0, sockaddr_un("/run/systemd/journal.left4me/syslog") or die $!'`
    const { code, stderr } = await bed.run(script, { user: 'left4me' })
    expect(code).not.toBe(0)
    expect(stderr).toContain('Permission denied')
    await bed.succeed(script)
  })
})
