import { apply, defineNode, plan, type Report } from '@left4me/converge'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemdBundle } from '../../../deploy/bundles/systemd/bundle.ts'
import { systemdTimersBundle } from '../../../deploy/bundles/systemd-timers/bundle.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { type DeployBed, openDeployBed } from '../support/deploy-bed.ts'
import { notOk } from './engine-bed.ts'

/** Every day at an hour that is so far away that it doesn't come during a test. */
const hourNow = new Date().getUTCHours()
const inHours = (hours: number) => `*-*-* ${String((hourNow + hours) % 24).padStart(2, '0')}:00:00 UTC`
const awkward = `a "b" 'c' $HOME $\{HOME} %h %% \\ \\n ; & | * # ü`

describeWith(['root'], 'what a deployed host runs', () => {
  let bed: DeployBed

  beforeAll(async () => {
    bed = await openDeployBed()
  })
  afterAll(async () => bed?.[Symbol.asyncDispose]())

  const applied = (metadata: Readonly<Record<string, unknown>>, run = apply): Promise<Report> =>
    run(defineNode({ name: 'bed', bundles: [systemdBundle, systemdTimersBundle], metadata }), bed.transport)
  const timer = (when: string, ...command: string[]) => ({
    systemd_timers: { tell: { command, when, spread: 60, environment: { SAID: awkward } } },
  })
  const program = ['/usr/bin/python3', '-c', 'import os, sys; print([sys.argv[1], os.environ["SAID"]])']

  test('at set times is the command as it was written, word by word', async () => {
    const metadata = timer(inHours(12), ...program, awkward)
    expect(await applied(metadata)).toMatchObject({ exitCode: 0 })
    expect(
      await bed.container.succeed('systemctl is-enabled tell.timer; systemctl is-active tell.timer'),
    ).toBe('enabled\nactive')
    await bed.container.succeed('systemctl start tell')
    const said = await bed.container.succeed(
      'journalctl --sync; journalctl --unit=tell --output=cat --identifier=python3',
    )
    expect(said).toBe(
      await bed.container.succeed(
        `SAID="$(cat <<'E'\n${awkward}\nE\n)"; export SAID; python3 -c '${program[2]}' "$SAID"`,
      ),
    )
    expect(await applied(metadata, plan)).toMatchObject({ exitCode: 0 })
  })

  test('at set times isn’t run by being set up, nor by being changed; the next time is the new one', async () => {
    await bed.container.succeed(
      'systemctl stop tell.timer; systemctl reset-failed; journalctl --rotate --vacuum-time=1s',
    )
    const runs = () => bed.container.succeed('journalctl --unit=tell --output=cat --identifier=python3')
    const next = () =>
      bed.container.succeed('systemctl show --property=NextElapseUSecRealtime --value tell.timer')
    await applied(timer(inHours(12), ...program, 'x'))
    const before = await next()
    const report = await applied(timer(inHours(6), ...program, 'x'))
    expect(notOk(report)).toMatchObject({ 'unit:tell.timer': 'fixed', 'service:tell.timer': 'fixed' })
    expect(await next()).not.toBe(before)
    expect(await runs()).toBe('')
  })

  test('at a time that is none is refused, and the timer that was there goes on', async () => {
    await applied(timer(inHours(12), ...program, 'x'))
    const before = await bed.container.succeed('systemctl cat tell.timer')
    const report = await applied(timer('every now and then', ...program, 'x'))
    expect(report).toMatchObject({ exitCode: 1 })
    expect(notOk(report)['unit:tell.timer']).toContain('every now and then')
    expect(await bed.container.succeed('systemctl cat tell.timer; systemctl is-active tell.timer')).toBe(
      `${before}\nactive`,
    )
  })

  test('at set times may be a program that comes later', async () => {
    const later = { systemd_timers: { later: { command: ['/usr/local/sbin/later'], when: 'daily' } } }
    expect(await applied(later)).toMatchObject({ exitCode: 0, counts: { failed: 0 } })
    expect(await bed.container.succeed('systemctl is-active later.timer')).toBe('active')
  })

  test('always is restarted when a drop-in of its own changes, and started when it was stopped', async () => {
    const calm = (nice: string) => ({
      systemd: {
        drop_ins: { 'cheerful.service': { '50-calm': { Service: { Nice: nice } } } },
        running: new Set(['cheerful.service', 'other.service']),
      },
    })
    for (const name of ['cheerful', 'other'])
      await bed.container.write(
        `/etc/systemd/system/${name}.service`,
        '[Service]\nExecStart=sleep infinity\n[Install]\nWantedBy=multi-user.target\n',
      )
    /** systemd tells of a process before that has what its unit says. */
    const hasNice = (pid: string | undefined, nice: string) =>
      waitFor(
        `nice of ${nice}`,
        async () => (await bed.container.succeed(`ps -o ni= -p ${pid}`)).trim() === nice,
      )
    const process = () => bed.container.succeed('systemctl show --property=MainPID --value cheerful other')
    expect(await applied(calm('5'))).toMatchObject({ exitCode: 0 })
    const [cheerful, , other] = (await process()).split('\n')
    await hasNice(cheerful, '5')
    expect(await applied(calm('7'))).toMatchObject({ exitCode: 0 })
    const [after, , unchanged] = (await process()).split('\n')
    await hasNice(after, '7')
    expect([after === cheerful, unchanged === other]).toEqual([false, true])
    await bed.container.succeed('systemctl disable --now cheerful')
    expect(notOk(await applied(calm('7')))).toEqual({ 'service:cheerful.service': 'fixed' })
  })
})
