import { dropIn, file, type Item, service, timer, type UnitSections, unit } from '@left4me/converge'
import { expect, it } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { type EngineBed, notOk, useEngineBed } from './engine-bed.ts'

describeWith(['root'], 'units on a real systemd', () => {
  const bed = useEngineBed()

  it('are made, enabled and started, and none is started twice', async () => {
    const before = await reloads(bed())
    const report = await bed().apply(items({}))
    expect(Object.values(notOk(report)).filter(status => status !== 'fixed')).toEqual([])
    expect(report.items.find(({ id }) => id === 'systemd:daemon-reload')?.status).toBe('fixed')
    // Once for the files, once for the links of all that were enabled.
    expect((await reloads(bed())) - before).toBe(2)
    for (const name of ['one', 'two']) expect(await starts(bed(), name)).toBe(1)
    expect(await show(bed(), 'one.service', 'LimitNOFILE')).toBe('1000')
    expect(
      await bed().succeed('systemctl is-enabled one two tidy.timer; systemctl is-active tidy.timer'),
    ).toBe('enabled\nenabled\nenabled\nactive')
    const again = await bed().apply(items({}))
    expect(again).toMatchObject({ exitCode: 0, exchanges: 1, counts: { fixed: 0, ran: 0 } })
    expect((await reloads(bed())) - before).toBe(2)
  })

  it('are restarted if their own file or drop-in changed, after one reload, and the others are left running', async () => {
    await bed().apply(items({}))
    const before = {
      reloads: await reloads(bed()),
      one: await pid(bed(), 'one'),
      two: await pid(bed(), 'two'),
    }
    expect(await bed().apply(items({ one: 'changed', openFiles: 2000 }))).toMatchObject({ exitCode: 0 })
    expect((await reloads(bed())) - before.reloads).toBe(1)
    expect(await pid(bed(), 'one')).not.toBe(before.one)
    expect(await pid(bed(), 'two')).toBe(before.two)
    const running = await pid(bed(), 'one')
    // It has its process before that has its limits.
    await waitFor(
      'a limit of 2000 open files',
      async () => (await bed().succeed(`awk '/open files/ {print $4}' /proc/${running}/limits`)) === '2000',
    )
    expect(await show(bed(), 'one.service', 'Description')).toBe('changed')
  })

  it('that were stopped are started with their new file, once', async () => {
    await bed().apply(items({}))
    await bed().succeed('systemctl stop one')
    const before = await starts(bed(), 'one')
    await bed().apply(items({ openFiles: 3000 }))
    expect((await starts(bed(), 'one')) - before).toBe(1)
  })

  it('with a file that systemd has not read since it changed are drift, whoever’s file it is', async () => {
    await bed().apply(items({}))
    const running = await pid(bed(), 'one')
    await bed().container.write('/etc/systemd/system/one.service.d/by-hand.conf', '[Service]\nNice=5\n')
    expect(await bed().plan(items({}))).toMatchObject({ exitCode: 3, counts: { changes: 1 } })
    const before = await reloads(bed())
    expect(notOk(await bed().apply(items({})))).toEqual({ 'systemd:daemon-reload': 'fixed' })
    expect((await reloads(bed())) - before).toBe(1)
    expect(await show(bed(), 'one.service', 'Nice')).toBe('5')
    expect(await pid(bed(), 'one')).toBe(running)
    expect((await bed().plan(items({}))).exitCode).toBe(0)
  })

  it('are no drift because somebody enabled another without a reload or set a property, although systemd asks for one', async () => {
    await bed().container.write(
      '/etc/systemd/system/other@.service',
      '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n',
    )
    await bed().succeed('systemctl daemon-reload')
    await bed().apply(items({}))
    const isNoDrift = async (other: string): Promise<void> => {
      await bed().succeed(`systemctl set-property --runtime one.service CPUWeight=200
        systemctl enable --no-reload other@${other}.service`)
      expect(await show(bed(), 'one.service', 'NeedDaemonReload')).toBe('yes')
      expect(await bed().plan(items({}))).toMatchObject({ exitCode: 0, counts: { changes: 0 } })
    }
    await isNoDrift('1')
    // Nothing was reloaded since.
    await bed().reboot()
    await isNoDrift('2')
    await bed().succeed(
      `systemctl disable other@1.service other@2.service
      rm -r /etc/systemd/system/other@.service /run/systemd/system.control/one.service.d
      systemctl daemon-reload`,
    )
  })

  it('that were edited, stopped or disabled are named one by one, and just those are mended', async () => {
    await bed().apply(items({}))
    await bed().succeed(`sed -i s/first/edited/ ${folder}/one.service
      systemctl disable --now two
      systemctl stop tidy.timer`)
    const plan = await bed().plan(items({}))
    expect(plan.exitCode).toBe(3)
    expect(Object.keys(notOk(plan)).sort()).toEqual([
      'service:one',
      'service:tidy.timer',
      'service:two',
      'systemd:daemon-reload',
      'unit:one.service',
    ])
    const report = await bed().apply(items({}))
    expect(Object.keys(notOk(report)).sort()).toEqual(Object.keys(notOk(plan)).sort())
    expect(report.exitCode).toBe(0)
    expect(notOk(await bed().plan(items({})))).toEqual({})
  })

  it('that failed are reset and started again, also when they had failed too often', async () => {
    const crashing = (command: string) => [
      unit('crash.service', {
        triggers: ['service:crash'],
        sections: {
          Unit: { StartLimitBurst: 2 },
          Service: { Type: 'notify', NotifyAccess: 'all', ExecStart: command },
        },
      }),
      service('crash', { running: true }),
    ]
    const failed = await bed().apply(crashing('/usr/bin/false'))
    expect(failed).toMatchObject({ exitCode: 1, counts: { failed: 1 } })
    expect(notOk(failed)['service:crash']).toContain('Job for crash.service failed')
    for (const _ of [1, 2, 3]) await bed().apply(crashing('/usr/bin/false'))
    const good = crashing(`/bin/sh -c 'systemd-notify --ready; exec sleep infinity'`)
    expect(notOk(await bed().apply(good))['service:crash']).toBe('fixed')
    expect(await bed().apply(good)).toMatchObject({ counts: { fixed: 0, failed: 0 } })
  })

  it('that change often are restarted each time', async () => {
    const often = (count: number) =>
      sleeper('often', `version ${count}`, { StartLimitBurst: 3, StartLimitIntervalSec: '1h' })
    for (const count of [1, 2, 3, 4, 5])
      expect(notOk(await bed().apply(often(count)))).toMatchObject({ 'service:often': 'fixed' })
    // Not so where somebody does it: systemd takes it for a crash loop.
    const byHand = await bed().container.run(
      'for count in 1 2 3 4 5; do systemctl restart often || exit; done',
    )
    expect(byHand.stderr).toContain('attempted too often')
  })

  it('are reloaded rather than restarted where that is asked for', async () => {
    const reloading = (text: string) => [
      file('/etc/reloading', { content: text, triggers: ['service:reloading'] }),
      unit('reloading.service', {
        sections: {
          Service: {
            ExecStart: '/usr/bin/sleep infinity',
            ExecReload: '/usr/bin/cp /etc/reloading /run/reloading',
          },
        },
      }),
      service('reloading', { running: true, onTrigger: 'reload' }),
    ]
    await bed().apply(reloading('one'))
    const running = await pid(bed(), 'reloading')
    await bed().apply(reloading('two'))
    expect(await bed().succeed('cat /run/reloading')).toBe('two')
    expect(await pid(bed(), 'reloading')).toBe(running)
  })

  it('of every type take settings on top of them', async () => {
    const settings = {
      'bed.service': { Service: { LimitNOFILE: 1000 } },
      'bed@.service': { Service: { Nice: 1 } },
      'bed.socket': { Socket: { Backlog: 10 } },
      'bed.timer': { Timer: { OnCalendar: ['', 'hourly'] } },
      'bed.path': { Path: { MakeDirectory: true } },
      'bed.slice': { Slice: { CPUWeight: 100 } },
      'user-.slice': { Slice: { AllowedCPUs: '0' } },
      'bed.target': { Unit: { Description: 'more' } },
      'srv-bed.mount': { Mount: { DirectoryMode: '0700' } },
    }
    const wanted = Object.entries(settings).map(([name, sections]) =>
      dropIn(`${name}/settings`, { sections }),
    )
    expect(await bed().apply(wanted)).toMatchObject({ exitCode: 0 })
  })

  it('that nobody declares any more are stopped, disabled and removed by a prune, and no others', async () => {
    await bed().apply(items({}))
    const without = items({}).filter(({ id }) => !['unit:two.service', 'service:two'].includes(id))
    expect(await bed().apply(without)).toMatchObject({
      exitCode: 0,
      undeclared: expect.arrayContaining(['unit:two.service']),
    })
    expect(await show(bed(), 'two.service', 'ActiveState')).toBe('active')
    expect((await bed().apply(without, { prune: true })).pruned).toContain('unit:two.service')
    expect(
      await bed().succeed(
        'systemctl show -P LoadState two; systemctl show -P ActiveState two one; ls /etc/systemd/system/multi-user.target.wants',
      ),
    ).toMatch(/^not-found\ninactive\n\nactive\n(?!.*two)/s)
  })
})

const folder = '/usr/local/lib/systemd/system'

function sleeper(name: string, description: string, limits: UnitSections[string] = {}): Item[] {
  return [
    unit(`${name}.service`, {
      triggers: [`service:${name}`],
      sections: {
        Unit: { Description: description, ...limits },
        Service: { ExecStart: '/usr/bin/sleep infinity' },
        Install: { WantedBy: 'multi-user.target' },
      },
    }),
    service(name, { enabled: true, running: true }),
  ]
}

function items(options: { one?: string; openFiles?: number }): Item[] {
  return [
    ...sleeper('one', options.one ?? 'first'),
    ...sleeper('two', 'first'),
    dropIn('one.service/50-limits', {
      sections: { Service: { LimitNOFILE: options.openFiles ?? 1000 } },
      triggers: ['service:one'],
    }),
    ...timer('tidy', { command: '/usr/bin/true', onCalendar: 'daily' }),
  ]
}

function show(bed: EngineBed, name: string, property: string): Promise<string> {
  return bed.succeed(`systemctl show --value --property ${property} -- ${name}`)
}

function pid(bed: EngineBed, name: string): Promise<string> {
  return show(bed, `${name}.service`, 'MainPID')
}

/** What systemd itself wrote down: how often it read all its files. */
async function reloads(bed: EngineBed): Promise<number> {
  return await journalled(bed, '^Reloading\\.\\.\\.$')
}

async function starts(bed: EngineBed, name: string): Promise<number> {
  return await journalled(bed, `^Started ${name}\\.service`)
}

async function journalled(bed: EngineBed, pattern: string): Promise<number> {
  await bed.succeed('journalctl --sync')
  return Number(await bed.succeed(`journalctl --output=cat _PID=1 | grep --count '${pattern}' || true`))
}
