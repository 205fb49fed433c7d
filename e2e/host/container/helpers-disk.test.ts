import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { parseDiskLimit, parseScriptReport } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { guarded } from '../support/guarded.ts'
import { check } from '../support/guards.ts'
import { bySudo, helperSource, helpers, instance, setHelperScene } from '../support/helper-scene.ts'

const mebibyte = 1024 ** 2

/** Opens itself 15,000 times in each of so many processes. */
const openFiles = (processes: number) => `
  open my $file, '<', $0 or die "$!";
  my @kept = map { open my $copy, '<&', $file or die "$!"; $copy } 1 .. 15_000;
  for (2 .. ${processes}) { if (!(fork // die "$!")) { sleep 1000; exit } }
  open my $done, '>', 'opened' or die "$!";
  close $done;
  sleep 1000;`

describeWith(['root'], 'the disk watcher', () => {
  let bed: Container

  beforeAll(async () => {
    bed = await openContainer()
    // It is called here by hand.
    await bed.succeed('systemctl stop left4me-disk-limit.timer')
    await setHelperScene(bed)
    // Writes into its folder what it is asked for, in MiB, runs what it is given, and goes on.
    await bed.succeed(
      `cd /var/lib/left4me
      printf '%s\\n' '#!/bin/bash' 'trap "exit 0" INT TERM' 'cd "$(dirname "$0")"' \\
        'while :; do if read -r count name <ask; then rm ask; head -c "$count"M /dev/zero >"$name"; fi 2>/dev/null' \\
        'if mv run.pl running.pl 2>/dev/null; then perl running.pl & fi; sleep 0.05; done' \\
        >installation/srcds_run
      for number in 1 2; do
        mkdir -p instances/$number
        printf '%s' '${instance(['installation'])}' | sed "s/27015/2701$number/" >instances/$number/instance.env
      done`,
      { user: 'left4me' },
    )
  })
  afterAll(async () => bed[Symbol.asyncDispose]())
  beforeEach(async () => {
    for (const number of [1, 2])
      expect(await bySudo(bed, `left4me-systemctl start ${number}`)).toMatchObject({ code: 0, stderr: '' })
  })
  afterEach(async () => {
    await bed.succeed(
      `for number in 1 2; do ${helpers}/left4me-systemctl stop $number; ${helpers}/left4me-overlay remove $number; done
      rm -f /etc/left4me/limits.env /run/left4me/disk-watch.json`,
    )
  })

  const limit = async (settings: Record<string, number>) =>
    await bed.write(
      '/etc/left4me/limits.env',
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    )
  const look = async () =>
    await bed.succeed(
      'systemctl reset-failed left4me-disk-limit.service || true; systemctl start left4me-disk-limit.service',
    )
  const fill = async (number: number, mebibytes: number, name = 'filler') =>
    await bed.succeed(
      `cd /var/lib/left4me/runtime/${number}/merged
      echo '${mebibytes} ${name}' >ask.new; mv ask.new ask
      until [ "$(stat -c %s ${name} 2>/dev/null)" = ${mebibytes * mebibyte} ]; do sleep 0.05; done`,
      { user: 'left4me' },
    )
  const run = async (number: number, program: string) =>
    await bed.succeed(
      `cd /var/lib/left4me/runtime/${number}/merged
      cat >run.new; mv run.new run.pl
      until [ -e opened ]; do sleep 0.05; done`,
      { user: 'left4me', input: program },
    )
  const isActive = async (unit: string) => await bed.succeed(`systemctl is-active ${unit} || true`)
  const settled = async (number: number) =>
    await bed.succeed(
      `until [ "$(systemctl is-active left4me-server@${number} left4me-overlay@${number} | uniq)" = inactive ]; do sleep 0.05; done`,
    )
  const reportOf = async (name: string) =>
    parseDiskLimit(await bed.succeed(`cat /run/left4me/disk-limit/${name} 2>/dev/null || true`))

  it('stops a server that has more than it may have, says why, and leaves its neighbour alone', async () => {
    await limit({ SERVER_DISK_BYTES: 20 * mebibyte, DISK_RESERVE_BYTES: 1 })
    await fill(1, 25)
    await fill(2, 15)
    await look()
    await settled(1)
    expect(await isActive('left4me-server@1 left4me-overlay@1 left4me-server@2')).toBe(
      'inactive\ninactive\nactive',
    )
    expect(await reportOf('1')).toMatchObject({
      message: 'It has more than the 20 MiB on the disk that it may have.',
      at: expect.any(Number),
    })
    expect(await reportOf('2')).toBeNull()
    expect(
      await bed.succeed('journalctl --sync; journalctl --output=cat --unit=left4me-disk-limit'),
    ).toContain('Stopped server/1: It has')
    // Readable for the web application, and gone when a person starts it again.
    await bed.succeed('cat /run/left4me/disk-limit/1', { user: 'left4me' })
    await bed.succeed('rm /var/lib/left4me/runtime/1/upper/filler', { user: 'left4me' })
    expect(await bySudo(bed, 'left4me-systemctl start 1')).toMatchObject({ code: 0 })
    expect(await reportOf('1')).toBeNull()
    await look()
    expect(await isActive('left4me-server@1')).toBe('active')
  })

  it('leaves the same server alone while it may have more', async () => {
    await limit({ SERVER_DISK_BYTES: 40 * mebibyte, DISK_RESERVE_BYTES: 1 })
    await fill(1, 25)
    await look()
    await look()
    expect(await isActive('left4me-server@1')).toBe('active')
    expect(await reportOf('1')).toBeNull()
  })

  it('stops a server with too many files', async () => {
    await limit({ FILES_LIMIT: 100, DISK_RESERVE_BYTES: 1 })
    await bed.succeed('cd /var/lib/left4me/runtime/1/merged; for i in $(seq 150); do : >"$i"; done', {
      user: 'left4me',
    })
    await look()
    await settled(1)
    expect(await reportOf('1')).toMatchObject({ message: expect.stringContaining('more than the 100 files') })
    expect(await isActive('left4me-server@2')).toBe('active')
  })

  guarded({
    attempt: 'a server opens more files than the watcher can look at in time',
    guard: check('the limit of open files', `${helperSource}/disk/deleted-files.ts`, text =>
      text.replace('links > linkLimit', 'false'),
    ),
    bed: () => bed,
    probe: async () => {
      await limit({ DISK_RESERVE_BYTES: 1 })
      await run(1, openFiles(8))
      await run(2, openFiles(4))
      await look()
      expect(await isActive('left4me-server@2')).toBe('active')
      const report = await reportOf('1')
      if (report === null && (await isActive('left4me-server@1')) === 'active') return 'succeeded'
      expect(report?.message).toBe('Its processes have too many files open to be measured.')
      await settled(1)
      return 'refused'
    },
  })

  it('stops, when the disk is nearly full, only the one that grows', async () => {
    await limit({ DISK_RESERVE_BYTES: 1 })
    await fill(1, 100, 'old')
    await look()
    // More than there can be: the disk is always short.
    await limit({ DISK_RESERVE_BYTES: 2 ** 49 })
    await look()
    expect(await isActive('left4me-server@1 left4me-server@2')).toBe('active\nactive')
    await fill(2, 300)
    await look()
    await settled(2)
    expect(await isActive('left4me-server@1 left4me-server@2')).toBe('active\ninactive')
    expect(await reportOf('2')).toMatchObject({
      message: expect.stringMatching(/^The disk had only .* grew fastest/),
    })
    await look()
    expect(await isActive('left4me-server@1')).toBe('active')
  })

  it('stops a script that fills its draft, and the caller is told that reason', async () => {
    await limit({ BUILD_DISK_BYTES: 20 * mebibyte, DISK_RESERVE_BYTES: 1 })
    await bed.succeed(
      'cat >/var/lib/left4me/tmp/scripts/fill; rm -rf /var/lib/left4me/overlays/7/draft; mkdir /var/lib/left4me/overlays/7/draft',
      {
        user: 'left4me',
        input: 'head -c 12M /dev/zero >one; head -c 12M /dev/zero >two; touch filled; sleep 1000',
      },
    )
    const running = bySudo(bed, 'left4me-script-sandbox 7 fill')
    await bed.succeed('until [ -e /var/lib/left4me/overlays/7/draft/filled ]; do sleep 0.05; done')
    await look()
    const { code, stderr } = await running
    expect([code, parseScriptReport(stderr)]).toEqual([
      1,
      expect.objectContaining({
        outcome: 'disk-limit',
        message: 'It has more than the 20 MiB on the disk that it may have.',
      }),
    ])
    expect(await bed.succeed('ls /run/left4me/disk-limit')).toBe('')
  })

  it('leaves no room at all to a single file of a script beyond its limit', async () => {
    await limit({ BUILD_DISK_BYTES: 20 * mebibyte, DISK_RESERVE_BYTES: 1 })
    await bed.succeed('cat >/var/lib/left4me/tmp/scripts/fill', {
      user: 'left4me',
      input: 'head -c 30M /dev/zero >one; stat -c %s one; exit 5',
    })
    const { stdout, stderr } = await bySudo(bed, 'left4me-script-sandbox 7 fill')
    expect(stdout).toContain(`\n${20 * mebibyte}\n`)
    expect(parseScriptReport(stderr)).toMatchObject({ outcome: 'failed', exitCode: 5 })
  })

  it('fails visibly over limits that it does not understand', async () => {
    await bed.write('/etc/left4me/limits.env', 'SERVER_DISK_BYTES=10G\n')
    expect(await bed.run('systemctl start left4me-disk-limit.service')).toMatchObject({ code: 1 })
    expect(
      await bed.succeed('journalctl --sync; journalctl --output=cat --lines=5 --unit=left4me-disk-limit'),
    ).toContain('/etc/left4me/limits.env: line 1 has no whole number. Correct that line.')
  })
})
