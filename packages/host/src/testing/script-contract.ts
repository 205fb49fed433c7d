import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import type { Host } from '../host.ts'
import type { BuildOptions, RevisionSummary } from '../overlays/overlay-contract.ts'
import { eventually } from './eventually.ts'
import { generousBuild } from './instances.ts'
import { processesByWord } from './processes-by-word.ts'

/**
 * What a script of an overlay may and may not do, and what becomes of it. `limitsProcesses` is false where the kernel has
 * no controller for them, as in a container: the machine's suites show that limit.
 */
export function scriptContract(host: () => Host, { limitsProcesses }: { limitsProcesses: boolean }): void {
  const build = (
    revision: number,
    script: string,
    options: Partial<BuildOptions> = {},
  ): Promise<RevisionSummary> =>
    host().overlays.build(1, revision, { kind: 'script', script }, { ...generousBuild(), ...options })
  const read = async (revision: number, path: string) => {
    const content = await host().overlays.readFile({ overlayId: 1, revision }, path, 100_000)
    return content === null ? null : String(content)
  }
  /** The overlay is as it was, and has nothing half. */
  const expectRevisions = async (...numbers: number[]) => {
    expect((await host().overlays.revisions(1)).map(({ revision }) => revision)).toEqual(numbers)
    expect(await host().overlays.listDraft(1)).toEqual([])
  }
  /** A duration that nobody else sleeps for. */
  const uniqueSleep = () => `${86_000 + randomInt(1000)}.${randomInt(1_000_000)}`

  it('become a revision of what they leave in /overlay', async () => {
    const lines: string[] = []
    const summary = await build(
      1,
      'echo "at $PWD and $OVERLAY"\nmkdir -p left4dead2/cfg\necho "hostname x" >left4dead2/cfg/a.cfg\necho to stderr >&2\nchmod 0600 left4dead2/cfg/a.cfg',
      { onOutput: line => lines.push(line) },
    )
    expect(summary).toMatchObject({ overlayId: 1, revision: 1, kind: 'script', files: 1, bytes: 11 })
    expect(lines).toEqual(expect.arrayContaining(['at /overlay and /overlay', 'to stderr']))
    expect(await read(1, 'left4dead2/cfg/a.cfg')).toBe('hostname x\n')
    expect(await host().overlays.verify({ overlayId: 1, revision: 1 }, generousBuild().signal)).toEqual([])
    await expectRevisions(1)
  })

  it('may leave files and folders that nobody may enter: a revision’s are open', async () => {
    await build(
      1,
      'mkdir shut; echo x >shut/file; echo y >run; chmod 0 shut/file; chmod 0100 run; chmod 0 shut .',
    )
    expect(await read(1, 'shut/file')).toBe('x\n')
    expect(await read(1, 'run')).toBe('y\n')
    await expect(build(2, 'mkdir shut; chmod 0 shut .; exit 1')).rejects.toMatchObject({
      code: 'script-failed',
    })
    await expectRevisions(1)
  })

  it('begin with nothing each time, and share what comes out equal', async () => {
    await build(1, 'echo one >one; head -c 300000 /dev/zero >big')
    const { digest } = await build(
      2,
      'ls -A >listed; head -c 300000 /dev/zero >big; rm listed; echo two >two',
    )
    expect(await read(2, 'one')).toBeNull()
    expect(digest).not.toBe((await host().overlays.revision({ overlayId: 1, revision: 1 }))?.digest)
    const { overlays } = await host().overlays.space()
    const [first, second] = overlays.find(({ overlayId }) => overlayId === 1)?.revisions ?? []
    expect(first?.bytes).toBeGreaterThanOrEqual(300_000)
    expect(second?.bytes).toBeLessThan(100_000)
  })

  it('see no files and no processes of this machine that they don’t need, and write nowhere else', async () => {
    const probe = `for path in /home /root /var/lib/left4me /var/log /etc/shadow /run/dbus /run/user /run/systemd/private /run/left4me /opt /srv /mnt; do
  [ -e "$path" ] && [ "$(ls -A "$path" 2>/dev/null)" ] && echo "sees $path"
done
for path in /usr/x /etc/x /x; do (: >"$path") 2>/dev/null && echo "writes $path"; done
for status in /proc/[0-9]*/status; do echo "process $(head -n 1 "$status" 2>/dev/null | cut -f 2)"; done`
    const lines: string[] = []
    await build(1, `${probe}\ngrep ^CapEff: /proc/self/status; mkdir /tmp/own && echo "has tmp"; true`, {
      onOutput: line => lines.push(line),
    })
    const found = (text: string) => text.split('\n').filter(line => /^(sees|writes|process) /.test(line))
    const own = /^process (bash|sh|tini|script|script-sandbox|head|cut|)$/
    expect(found(lines.join('\n')).filter(line => !own.test(line))).toEqual([])
    expect(lines).toContain('CapEff:\t0000000000000000')
    expect(lines).toContain('has tmp')
    // The negative control: outside the same script finds something of each.
    const { stdout } = await promisify(execFile)('/bin/bash', ['-c', `${probe}\ntrue`])
    const outside = found(stdout).filter(line => !own.test(line))
    expect(outside.filter(line => line.startsWith('sees '))).not.toEqual([])
    expect(outside.filter(line => line.startsWith('process '))).not.toEqual([])
  })

  it('that fail leave the last good revision and say how they ended', async () => {
    await build(1, 'echo good >good')
    await expect(build(2, 'echo half >half; exit 3')).rejects.toMatchObject({
      code: 'script-failed',
      message: expect.stringContaining('exit code 3'),
      remedy: expect.stringMatching(/./),
    })
    await expectRevisions(1)
    expect(await read(1, 'good')).toBe('good\n')
  })

  it('that leave links are refused, and what they link to is nobody’s to read', async () => {
    await build(1, 'echo good >good')
    await expect(build(2, 'ln -s /etc/passwd passwd')).rejects.toMatchObject({
      code: 'file-refused',
      message: expect.stringContaining('passwd is a link'),
    })
    await expectRevisions(1)
  })

  it('need the right to native code, whatever they call it', async () => {
    const script = 'mkdir -p left4dead2/addons; cp /bin/true left4dead2/addons/harmless.txt'
    await expect(build(1, script, { allowNativeCode: false })).rejects.toMatchObject({
      code: 'native-code-refused',
      message: expect.stringContaining('harmless.txt'),
    })
    await expectRevisions()
    await build(1, script, { allowNativeCode: true })
    await expectRevisions(1)
  })

  it('that ignore signals, fork and sleep are gone when they are cancelled', async () => {
    const word = uniqueSleep()
    const abort = new AbortController()
    const building = build(
      1,
      `trap '' INT TERM HUP\nfor i in 1 2 3; do (trap '' INT TERM HUP; setsid sleep ${word} &) ; done\nsetsid sh -c 'trap "" TERM; sleep ${word}' &\nwhile :; do sleep 1; done`,
      { signal: abort.signal },
    )
    building.catch(() => undefined)
    await eventually('its children sleep', async () => (await processesByWord(word)).length >= 4)
    abort.abort()
    await expect(building).rejects.toMatchObject({ code: 'cancelled' })
    expect(await processesByWord(word)).toEqual([])
    await expectRevisions()
  })

  it('that end leave no child behind', async () => {
    const word = uniqueSleep()
    await build(1, `setsid sleep ${word} >/dev/null 2>&1 &\necho made >made`)
    expect(await processesByWord(word)).toEqual([])
    expect(await read(1, 'made')).toBe('made\n')
  })

  it('that start thousands of processes are held, and gone when they are cancelled', async () => {
    const word = uniqueSleep()
    const abort = new AbortController()
    let outcome: 'built' | 'ended' | null = null
    const settled = build(1, `for i in $(seq 5000); do sleep ${word} & done; wait`, {
      signal: abort.signal,
    }).then(
      () => {
        outcome = 'built'
      },
      () => {
        outcome = 'ended'
      },
    )
    let most = 0
    const count = async (): Promise<number> => {
      const now = (await processesByWord(word)).length
      most = Math.max(most, now)
      return now
    }
    // The driver's own limit may have ended it before anybody looks.
    await eventually('it starts them', async () => outcome !== null || (await count()) > 0)
    for (let look = 0; look < 20 && outcome === null; look++) {
      await Promise.race([settled, delay(100)])
      await count()
    }
    abort.abort()
    await settled
    expect(outcome).toBe('ended')
    expect(await processesByWord(word)).toEqual([])
    if (limitsProcesses) expect(most).toBeLessThan(5000)
    await expectRevisions()
  })

  it('that fill the disk are stopped, and nothing of it stays', async () => {
    await build(1, 'echo good >good')
    await expect(
      // Ten times what it may have, and then it goes on until somebody ends it.
      build(2, 'for i in $(seq 200); do head -c 1000000 /dev/zero >"$i"; done; sleep 86000', {
        maxBytes: 20_000_000,
      }),
    ).rejects.toMatchObject({ code: 'script-failed', remedy: expect.stringMatching(/./) })
    await expectRevisions(1)
  })

  it('that end with more than one build may have are refused', async () => {
    await expect(build(1, 'head -c 3000000 /dev/zero >big', { maxBytes: 2_000_000 })).rejects.toMatchObject({
      code: expect.stringMatching(/^(build-too-large|script-failed)$/),
      remedy: expect.stringContaining('split it'),
    })
    await expectRevisions()
  })

  it('that print a gigabyte fill neither log nor memory', async () => {
    let bytes = 0
    let last = ''
    await build(1, 'yes "a line of a script that prints without end" | head -c 1000000000; echo made >made', {
      onOutput: line => {
        bytes += line.length
        last = line
      },
    })
    expect(bytes).toBeLessThan(10_000_000)
    expect(last).toMatch(/more bytes of output are left out/)
    expect(await read(1, 'made')).toBe('made\n')
  })

  it('are built one at a time', async () => {
    const abort = new AbortController()
    const first = build(1, 'sleep 100', { signal: abort.signal })
    first.catch(() => undefined)
    const second = build(2, 'echo second >second')
    second.catch(() => undefined)
    await expect(host().overlays.removeOverlay(1)).rejects.toMatchObject({ code: 'build-running' })
    abort.abort()
    await expect(first).rejects.toMatchObject({ code: 'cancelled' })
    await second
    await expectRevisions(2)
  })
}
