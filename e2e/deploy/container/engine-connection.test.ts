import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Report } from '@left4me/converge'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { generator } from '../../../packages/converge/src/node/test-node.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { useEngineBed } from './engine-bed.ts'
import { changingItems, textOf } from './engine-changing-node.ts'
import { Relay } from './engine-relay.ts'

const endings = ['the connection', 'ssh', 'the controller', 'the target'] as const

describeWith(['root'], 'an apply over ssh that is cut off', () => {
  const bed = useEngineBed()
  let relay: Relay
  beforeAll(async () => {
    relay = await Relay.open(() => bed().sshPort)
  })
  afterAll(() => relay[Symbol.asyncDispose]())

  it('anywhere is completed by the next one: nothing half written, no trigger lost', async () => {
    const random = generator(20_262)
    await controller('v0').report
    // What a whole run sends and receives says where it can be cut.
    relay.reset()
    expect(await controller('v1').report).toMatchObject({ exitCode: 0 })
    const whole = { ...relay.counted }
    const cut = new Set<string>()
    for (let run = 2; run < 24; run++) {
      const version = `v${run}`
      const ending = endings[Math.floor(random() * 3.4)] ?? 'the target'
      const direction = random() < 0.5 ? 'toTarget' : 'fromTarget'
      // Connecting and asking are a quarter of it.
      const bytes = Math.floor(whole[direction] * (0.25 + 0.75 * random()))
      const where = `${version}: ${ending} gone after ${bytes} bytes ${direction}`
      const { child, report } = controller(version)
      const crashes: Promise<void>[] = []
      relay.after({ [direction]: bytes }, () => {
        cut.add(where)
        if (ending === 'the connection') relay.drop()
        else if (ending === 'ssh') killSsh(child)
        else if (ending === 'the controller') child.kill('SIGKILL')
        else
          crashes.push(
            bed()
              .crash()
              .then(() => relay.drop()),
          )
      })
      await report
      if (crashes.length > 0) {
        await Promise.all(crashes)
        await bed().start()
      }
      const next = await applyWhenFree(version)
      expect(
        next.items.flatMap(({ message }) => message ?? []),
        where,
      ).toEqual([])
      expect(next, where).toMatchObject({ exitCode: 0, pending: [], counts: { skipped: 0 } })
      await expectWhole(version, where)
    }
    expect(await bed().plan(changingItems('v23'))).toMatchObject({ exitCode: 0 })
    expect(cut.size).toBeGreaterThanOrEqual(20)
    for (const ending of endings) expect([...cut].join('\n')).toContain(ending)
  }, 900_000)

  it('between a change and its reaction has left the mark from which the next one reacts', async () => {
    await breakAfterChange('marked')
    expect(await lastLogged()).not.toBe('marked')
    expect(await bed().plan(changingItems('marked'))).toMatchObject({
      exitCode: 3,
      pending: expect.arrayContaining(['action:log']),
    })
    await applyWhenFree('marked')
    expect(await lastLogged()).toBe('marked')
  })

  it('there would lose its trigger without the marks on the target', async () => {
    await breakAfterChange('forgotten')
    await bed().succeed('rm /var/lib/left4me-apply/pending/*')
    expect(await applyWhenFree('forgotten')).toMatchObject({ exitCode: 0 })
    expect(await lastLogged()).not.toBe('forgotten')
  })

  /** The connection is lost once a file is the new one whose change the log is to be told. */
  async function breakAfterChange(version: string): Promise<void> {
    await applyWhenFree(`${version}-before`)
    const abort = new AbortController()
    const report = await bed().apply(
      changingItems(version),
      {
        signal: abort.signal,
        onProgress: ({ kind, id }) => {
          if (kind === 'ended' && id === 'file:/srv/app/file-2') abort.abort()
        },
      },
      bed().ssh(),
    )
    expect(report).toMatchObject({ exitCode: 1, error: { code: 'unreachable' } })
    expect(report.items.find(({ id }) => id === 'action:log')).toMatchObject({
      status: 'skipped',
      reason: 'interrupted',
    })
    expect(await bed().succeed('head -n 1 /srv/app/file-2')).toBe(version)
  }

  function lastLogged(): Promise<string> {
    return bed().succeed('tail -n 1 /srv/log')
  }

  /** Everything on the bed is this version, and so is what its triggers did. */
  async function expectWhole(version: string, where: string): Promise<void> {
    const files = Array.from({ length: 6 }, (_, at) => textOf(version, at)).join('')
    expect(`${await bed().succeed('cat /srv/app/file-*')}\n`, where).toBe(files)
    const seen = await bed().succeed(`tail -n 1 /srv/log; tail -n 1 /srv/second-log; readlink /srv/app/current
      systemctl show -P Description app; cat /srv/tree/version; echo
      head -n 1 /etc/sudoers.d/bed-app; nft list table inet bed | grep -o 'comment.*'`)
    expect(seen.split('\n'), where).toEqual([
      ...Array(5).fill(version),
      `# ${version}`,
      `comment "${version}"`,
    ])
    // What the service's process read when it was started.
    await waitFor(where, async () => (await bed().succeed('cat /run/app-version || true')) === version)
    expect(await bed().succeed(`find /srv /etc /usr/local/lib -name '.*left4me-[ns]*'`), where).toBe('')
  }

  /** Without an answer the report is null. */
  function controller(version: string): { child: ChildProcess; report: Promise<Report | null> } {
    const program = join(import.meta.dirname, 'engine-controller.ts')
    const child = spawn(process.execPath, [program, bed().sshConfiguration, String(relay.port), version], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    const report = text(child.stdout).then(async said => {
      await ended
      return said === '' ? null : (JSON.parse(said) as Report)
    })
    return { child, report }
  }

  /** The shell that was cut off has the lock until the step that it is at has ended. */
  async function applyWhenFree(version: string): Promise<Report> {
    return await waitFor('the lock is free', async () => {
      const report = await bed().apply(changingItems(version), {}, bed().ssh())
      return report.error?.code === 'locked' ? null : report
    })
  }
})

/** Its ssh(1), not itself. */
function killSsh(child: ChildProcess): void {
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  for (const pid of children.split(' ').filter(Boolean)) process.kill(Number(pid), 'SIGKILL')
}
