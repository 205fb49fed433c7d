import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { parseScriptReport } from '../../../packages/privileged/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type Container, openContainer } from '../support/container.ts'
import { guarded } from '../support/guarded.ts'
import { check } from '../support/guards.ts'
import { bySudo, helperSource, setHelperScene } from '../support/helper-scene.ts'
import { noUnixSockets, sandboxProperties } from '../support/script-guards.ts'

const noFollow = check(
  'O_NOFOLLOW for each component',
  `${helperSource}/hostile-files/hostile-folder.ts`,
  text => text.replace('O_RDONLY | O_NOFOLLOW | O_NONBLOCK | flags', 'O_RDONLY | O_NONBLOCK | flags'),
)
const draftOwner = check("the check of the draft's owner", `${helperSource}/sandbox/draft.ts`, text =>
  text.replace('fstatSync(draft.descriptor).uid === serviceUserId', 'true'),
)
const shortTime = check('a short time', sandboxProperties, text =>
  text.replace('RuntimeMaxSec=1h', 'RuntimeMaxSec=2s'),
)

const endOfReading = check('the end of reading its output', `${helperSource}/bin/script-sandbox.ts`, text =>
  text.replace('|| kill "$reader"', '|| true'),
)
/** Takes one descriptor that it is given through a socket, holds it for so many seconds, and says when that is over. */
const holder = (seconds: number) => `
import socket, time
listener = socket.socket(socket.AF_UNIX)
listener.bind("\\0holder")
listener.listen()
connection, _ = listener.accept()
kept = socket.recv_fds(connection, 1, 1)
connection.send(b"x")
time.sleep(${seconds})
open("/var/lib/left4me/tmp/let-go", "w").close()`
const givesItsOutput = `#!/usr/bin/python3
import socket
print("given", flush=True)
holder = socket.socket(socket.AF_UNIX)
holder.connect("\\0holder")
socket.send_fds(holder, [b"x"], [1])
holder.recv(1)`

describeWith(['root'], 'a script in the sandbox', () => {
  let bed: Container

  beforeAll(async () => {
    bed = await openContainer()
  })
  afterAll(async () => bed[Symbol.asyncDispose]())
  beforeEach(async () => {
    await bed.succeed('rm -rf /var/lib/left4me/overlays/* /var/lib/left4me/tmp/scripts')
    await setHelperScene(bed)
  })
  afterEach(async () => {
    await bySudo(bed, 'left4me-script-sandbox cancel 7')
    expect(await leftovers()).toBe('')
  })

  const write = async (script: string) =>
    await bed.succeed('rm -rf /var/lib/left4me/tmp/scripts/job; cat >/var/lib/left4me/tmp/scripts/job', {
      user: 'left4me',
      input: script,
    })
  const call = async () => {
    const { code, stdout, stderr } = await bySudo(bed, 'left4me-script-sandbox 7 job')
    const report = parseScriptReport(stderr)
    if (!report) throw new Error(`no report: ${stderr}`)
    return { code, stdout, report }
  }
  const run = async (script: string) => {
    await write(script)
    return await call()
  }
  /** Units, mounts, files and processes of any run. */
  const leftovers = async () =>
    await bed.succeed(
      `systemctl list-units --all --no-legend --plain 'left4me-script-*' 'left4me-draft-*'
      grep /run/left4me/scripts /proc/self/mountinfo || true
      ls /run/left4me/scripts 2>/dev/null || true
      pgrep --list-full --uid left4me || true`,
    )
  const started = async () =>
    await bed.succeed('until [ -e /var/lib/left4me/overlays/7/draft/started ]; do sleep 0.05; done')

  it('writes its output in order, into the draft, and succeeds', async () => {
    const { code, stdout, report } = await run(
      '#!/bin/sh\nfor i in $(seq 1 5000); do echo "line $i"; done\necho made >made.txt\n',
    )
    expect([code, report.outcome, report.exitCode]).toEqual([0, 'succeeded', 0])
    expect(stdout).toBe(Array.from({ length: 5000 }, (_, index) => `line ${index + 1}\n`).join(''))
    expect(report.cpuSeconds).toBeGreaterThan(0)
    expect(await bed.succeed('cd /var/lib/left4me/overlays/7/draft; stat -c %U made.txt; cat made.txt')).toBe(
      'left4me\nmade',
    )
    expect(await leftovers()).toBe('')
  })

  it('streams its output while it runs', async () => {
    await write('echo first; touch started; while [ ! -e go-on ]; do sleep 0.1; done; echo last')
    const running = bed.run(
      `sudo -n /usr/local/libexec/left4me/left4me-script-sandbox 7 job |
        while read -r line; do echo "$line"; [ "$line" != first ] || touch /var/lib/left4me/overlays/7/draft/go-on; done`,
      { user: 'left4me', timeoutMs: 60_000 },
    )
    await started()
    expect(await running).toMatchObject({ stdout: 'first\nlast\n' })
  })

  it.each([
    ['exit 3', { outcome: 'failed', exitCode: 3 }],
    ['kill -SEGV $$', { outcome: 'failed', exitCode: 139, message: expect.stringContaining('SIGSEGV') }],
    ['#!/bin/false\n', { outcome: 'failed', exitCode: 1 }],
    ['#!/nothing\n', { outcome: 'failed', exitCode: 127 }],
    ['false', { outcome: 'failed', exitCode: 1 }],
    ['', { outcome: 'succeeded' }],
    ['# bash of its own accord\n[[ a == a ]]', { outcome: 'succeeded' }],
  ])('ends with its own result: %j', async (script, report) => {
    const ended = await run(script)
    expect(ended.report).toMatchObject(report)
    expect(ended.code).toBe(ended.report.outcome === 'succeeded' ? 0 : 1)
  })

  it('can not write the report: its stderr is part of its output', async () => {
    const fake = JSON.stringify({
      outcome: 'succeeded',
      exitCode: 0,
      signal: null,
      message: 'It succeeded.',
      remedy: '',
      memoryPeakBytes: 1,
      cpuSeconds: 1,
    })
    const { stdout, report } = await run(`echo '${fake}' >&2; echo '${fake}' >/dev/stderr; exit 9`)
    expect(stdout).toBe(`${fake}\n${fake}\n`)
    expect(report).toMatchObject({ outcome: 'failed', exitCode: 9 })
  })

  it('gets its text as it is, with all dollars', async () => {
    const { stdout } = await run(`echo "$$ \${HOME} $HOME %n %%"`)
    expect(stdout).toMatch(/^\d+ \/tmp \/tmp %n %%\n$/)
  })

  it('runs as it was when it was started, whatever becomes of its file', async () => {
    await write('touch started; while [ ! -e go-on ]; do sleep 0.1; done\necho the original')
    const running = call()
    await started()
    await bed.succeed(
      'cd /var/lib/left4me; echo "echo changed" >tmp/scripts/job; touch overlays/7/draft/go-on',
      { user: 'left4me' },
    )
    expect((await running).stdout).toBe('the original\n')
  })

  it('is cancelled with all its processes, and nothing is left of it', async () => {
    await write(
      'setsid sleep 1000 & setsid setsid sh -c "trap \\"\\" TERM; sleep 1000" & touch started; sleep 1000',
    )
    const running = call()
    await started()
    await bed.succeed('until [ "$(pgrep --count --exact sleep)" = 3 ]; do sleep 0.05; done')
    expect(await bySudo(bed, 'left4me-script-sandbox cancel 7')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await bed.succeed('pgrep --count --exact sleep || true')).toBe('0')
    expect(await running).toMatchObject({ code: 1, report: { outcome: 'cancelled' } })
    expect(await leftovers()).toBe('')
  })

  it('outlives the program that started it, hence has to be cancelled, and can be', async () => {
    await write('touch started; sleep 1000')
    const running = bed.run('exec sudo -n /usr/local/libexec/left4me/left4me-script-sandbox 7 job', {
      user: 'left4me',
    })
    await started()
    await bed.succeed('pkill --exact systemd-run --signal KILL; pkill --exact sh --signal KILL || true')
    await bed.succeed('until pgrep --exact sleep; do sleep 0.05; done')
    expect(await bySudo(bed, 'left4me-script-sandbox cancel 7')).toMatchObject({ code: 0 })
    expect(await bed.succeed('pgrep --exact sleep || true')).toBe('')
    await running
    expect((await run('echo again')).stdout).toBe('again\n')
  })

  it('runs once at a time for an overlay, and side by side for two', async () => {
    await write('touch started; while [ ! -e go-on ]; do sleep 0.1; done')
    const running = call()
    await started()
    expect(await call()).toMatchObject({
      code: 1,
      stdout: '',
      report: { outcome: 'not-started', message: 'A script of overlay 7 runs already.' },
    })
    await bed.succeed(
      'mkdir -p /var/lib/left4me/overlays/8/draft; echo echo eight >/var/lib/left4me/tmp/scripts/other',
      {
        user: 'left4me',
      },
    )
    expect(await bySudo(bed, 'left4me-script-sandbox 8 other')).toMatchObject({ code: 0, stdout: 'eight\n' })
    await bed.succeed('touch /var/lib/left4me/overlays/7/draft/go-on')
    expect(await running).toMatchObject({ report: { outcome: 'succeeded' } })
  })

  it('is stopped when its time is over, with that reason', async () => {
    await using _short = await shortTime.off(bed)
    expect(await run('trap "" TERM; while :; do sleep 0.1; done')).toMatchObject({
      code: 1,
      report: { outcome: 'timeout' },
    })
  })

  it.each([
    ['a script that is missing', 'rm tmp/scripts/job', "isn't there"],
    ['a script that is a link', 'ln -sf /etc/hostname tmp/scripts/job', 'is a link'],
    ['a script that is a FIFO', 'rm tmp/scripts/job; mkfifo tmp/scripts/job', "isn't a plain file"],
    ['a script of more than a MiB', 'truncate -s 2M tmp/scripts/job', 'has more than 1048576 bytes'],
    [
      'scripts in a link',
      'mv tmp/scripts tmp/elsewhere; ln -s elsewhere tmp/scripts',
      'is a link, or no folder',
    ],
    ['no draft', 'rm -r overlays/7/draft', "isn't there"],
    ['a draft that is a file', 'rm -r overlays/7/draft; touch overlays/7/draft', 'no folder'],
  ])('is not started with %s', async (_, change, reason) => {
    await write('echo hello')
    await bed.succeed(`cd /var/lib/left4me\n${change}`, { user: 'left4me' })
    expect(await call()).toMatchObject({
      code: 1,
      stdout: '',
      report: { outcome: 'not-started', message: expect.stringContaining(reason) },
    })
    await bed.succeed('rm -rf /var/lib/left4me/tmp/*')
  })

  it('is not started on a host that can not say who answers for names', async () => {
    await bed.succeed('mv /etc/left4me/sandbox-resolv.conf /etc/left4me/aside')
    expect(await run('echo hello')).toMatchObject({ code: 1, report: { outcome: 'not-started' } })
    await bed.succeed('mv /etc/left4me/aside /etc/left4me/sandbox-resolv.conf')
  })

  guarded({
    attempt: "a script writes into a folder of root's that lies in the place of its draft",
    guard: draftOwner,
    bed: () => bed,
    probe: async () => {
      await bed.succeed('cd /var/lib/left4me/overlays/7; rm -r draft; mkdir -m 0777 draft')
      const { report } = await run('touch /overlay/written')
      if (report.outcome === 'not-started' && report.message.includes("doesn't belong")) return 'refused'
      if (report.outcome === 'succeeded') return 'succeeded'
      throw new Error(JSON.stringify(report))
    },
  })

  guarded({
    attempt: "a script reads a folder of root's that its caller swaps for the draft in time",
    guard: noFollow,
    bed: () => bed,
    timeoutMs: 600_000,
    probe: async (_bed, inPlace) => {
      await bed.succeed(`cd /etc/left4me/private/7; mkdir -p draft; echo secret >draft/name.txt
        chown left4me:left4me draft; chmod 755 draft`)
      await bed.succeed(
        'cd /var/lib/left4me/overlays/7; echo own >draft/name.txt; ln -s /etc/left4me/private/7/draft link',
        { user: 'left4me' },
      )
      await write('cat /overlay/name.txt')
      const seen = await bed.succeed(
        `cd /var/lib/left4me/overlays/7
        bash -c 'while :; do mv -T --exchange --no-copy draft link; done' >/dev/null 2>&1 &
        swapper=$!
        trap 'kill $swapper' EXIT
        # With the guard so often; without it until it has had the luck.
        for round in $(seq ${inPlace ? 12 : 1000}); do
          seen=$(sudo -n /usr/local/libexec/left4me/left4me-script-sandbox 7 job 2>/dev/null || true)
          echo "$seen"
          [ "$seen" != secret ] || break
        done`,
        { user: 'left4me', timeoutMs: 580_000 },
      )
      return seen.includes('secret') ? 'succeeded' : 'refused'
    },
  })

  guarded({
    attempt: 'a script holds up its own end by giving its output to somebody outside',
    guard: endOfReading,
    bed: () => bed,
    probe: async (_bed, inPlace) => {
      await bed.succeed(
        `rm -f /var/lib/left4me/tmp/let-go
        cat >/run/holder.py
        systemd-run --quiet --collect --unit=holder --uid=left4me python3 /run/holder.py
        until grep --quiet @holder /proc/net/unix; do sleep 0.05; done`,
        // With the guard nobody waits for it.
        { input: holder(inPlace ? 10_000 : 20) },
      )
      // That it has no such socket is another guard.
      await using _sockets = await noUnixSockets.off(bed)
      const { stdout, report } = await run(givesItsOutput)
      expect([stdout, report.outcome]).toEqual(['given\n', 'succeeded'])
      // Whether it still has it, or the end came only with its own.
      const { code } = await bed.run('test -e /var/lib/left4me/tmp/let-go')
      await bed.succeed('systemctl stop holder.service || true')
      return code === 0 ? 'succeeded' : 'refused'
    },
  })
})
