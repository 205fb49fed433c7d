import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fakeMachine } from '../testing/fake-programs.ts'
import { itemOf, Scratch, statusOf } from '../testing/scratch.ts'
import { action } from './action.ts'
import { file } from './file.ts'
import { group } from './group.ts'
import { nftFragment } from './nft-fragment.ts'
import { debianPackage, foreignArchitecture } from './package.ts'
import { service } from './service.ts'
import { sudoers } from './sudoers.ts'
import { sysctl } from './sysctl.ts'
import { timer } from './timer.ts'
import { dropIn, unit, unitText } from './unit.ts'
import { user } from './user.ts'

/** A scratch folder whose programs are small second implementations. */
function machine(): Scratch & { log: () => string[]; put: (name: string, text?: string) => void } {
  const scratch = new Scratch()
  scratch.transport = fakeMachine(scratch.folder)
  return Object.assign(scratch, {
    log: () => readFileSync(scratch.path('log'), 'utf8').split('\n').filter(Boolean),
    put: (name: string, text = '') => {
      mkdirSync(dirname(scratch.path(name)), { recursive: true })
      writeFileSync(scratch.path(name), text)
    },
  })
}

describe('packages', () => {
  it('that are missing come in one transaction after one update, a foreign architecture before', async () => {
    using host = machine()
    host.put('packages/curl:amd64')
    host.put('manual', 'curl\n')
    const items = [
      debianPackage('curl'),
      debianPackage('nginx'),
      debianPackage('tini'),
      debianPackage('libc6:i386'),
      foreignArchitecture('i386'),
    ]
    expect((await host.apply(items)).counts).toMatchObject({ ok: 1, fixed: 4, failed: 0 })
    expect(host.log()).toEqual([
      '--add-architecture i386',
      'apt-get update ',
      'apt-get install libc6:i386 nginx tini',
    ])
    expect((await host.apply(items)).counts).toMatchObject({ ok: 5, fixed: 0 })
  })

  it('that come with another one are marked as wanted, and nothing is updated for that', async () => {
    using host = machine()
    host.put('packages/curl:amd64')
    expect((await host.apply([debianPackage('curl')])).counts.fixed).toBe(1)
    expect(host.log()).toEqual(['manual curl'])
  })

  it('that do not exist fail with what apt said', async () => {
    using host = machine()
    const report = await host.apply([debianPackage('missing-one')])
    expect(itemOf(report, 'package:missing-one').message).toContain('Unable to locate package missing-one')
  })
})

describe('accounts', () => {
  it('are made with their pinned numbers, the group first, and are not made again', async () => {
    using host = machine()
    const items = [
      user('game', { uid: 980, group: 'game', home: '/var/lib/game', shell: '/usr/sbin/nologin' }),
      group('game', { gid: 980 }),
    ]
    expect((await host.apply(items)).counts).toMatchObject({ fixed: 2, failed: 0 })
    expect(host.log()[0]).toBe('groupadd --system -g 980 -- game')
    expect((await host.apply(items)).counts).toMatchObject({ ok: 2 })
  })

  it('that pin one number twice are refused before anything is done', () => {
    using host = machine()
    expect(() => host.target([group('one', { gid: 980 }), group('two', { gid: 980 })])).toThrow(
      'both pin gid 980',
    )
  })
})

describe('services', () => {
  const folder = (host: Scratch) => host.path('system')
  const items = (host: Scratch, description = 'x') => [
    unit('app.service', {
      folder: folder(host),
      sections: { Unit: { Description: description }, Service: { ExecStart: '/bin/true' } },
      triggers: ['service:app'],
    }),
    dropIn('app.service/limits', { folder: folder(host), sections: { Service: { MemoryMax: '1G' } } }),
    service('app', { enabled: true, running: true }),
  ]

  it('are told once of all new units, then enabled and started, and not restarted right away', async () => {
    using host = machine()
    host.put('system/app.service.d/.keep')
    host.put('units/app.service/.keep')
    const report = await host.apply(items(host))
    expect(report.items.flatMap(({ message }) => message ?? [])).toEqual([])
    expect(host.log()).toEqual(['daemon-reload', 'enable app.service', 'start app.service', 'daemon-reload'])
    expect((await host.apply(items(host))).counts).toMatchObject({ ok: 7, fixed: 0 })
    await host.apply(items(host, 'y'))
    expect(host.log().slice(4)).toEqual(['daemon-reload', 'restart app.service'])
  })

  it('whose restart failed are restarted by the next apply', async () => {
    using host = machine()
    host.put('system/app.service.d/.keep')
    host.put('units/app.service/.keep')
    await host.apply(items(host))
    host.put('units/app.service/fails', 'restart\n')
    expect(await host.apply(items(host, 'y'))).toMatchObject({ exitCode: 1, pending: ['service:app'] })
    rmSync(host.path('units/app.service/fails'))
    expect((await host.apply(items(host, 'y'))).exitCode).toBe(0)
    expect(host.log().at(-1)).toBe('restart app.service')
  })

  it('with a unit that was edited without a reload, or that were stopped or disabled by hand, are drift', async () => {
    using host = machine()
    host.put('system/app.service.d/.keep')
    host.put('units/app.service/.keep')
    await host.apply(items(host))
    host.put('units/app.service/outdated')
    rmSync(host.path('units/app.service/active'))
    const plan = await host.plan(items(host))
    expect(plan.exitCode).toBe(3)
    expect(itemOf(plan, 'systemd:daemon-reload').differences).toEqual([
      { key: 'outdated', actual: ['app.service'], expected: [] },
    ])
    expect(itemOf(plan, 'service:app').differences).toEqual([
      { key: 'running', actual: false, expected: true },
    ])
    const before = host.log().length
    expect((await host.apply(items(host))).counts).toMatchObject({ ok: 5, fixed: 2 })
    expect(host.log().slice(before)).toEqual(['daemon-reload', 'start app.service'])
  })

  it('that are all asked at once need one call and one exchange', async () => {
    using host = machine()
    const many = Array.from({ length: 20 }, (_, at) => service(`s${at}`, { running: false }))
    for (let at = 0; at < 20; at++) host.put(`units/s${at}.service/.keep`)
    expect(await host.apply(many)).toMatchObject({ exchanges: 1, counts: { ok: 21 } })
  })

  it('that stand in no unit file are left alone when only enabled is managed', async () => {
    using host = machine()
    const report = await host.apply([service('ghost', { running: true })])
    expect(statusOf(report, 'service:ghost')).toBe('failed')
  })
})

describe('what is judged before it is live', () => {
  it('is left as it was: sudoers, a unit, a firewall table', async () => {
    using host = machine()
    for (const folder of ['sudoers.d', 'system', 'nftables.d']) mkdirSync(host.path(folder))
    const items = (word: string) => [
      sudoers('app', { folder: host.path('sudoers.d'), content: `${word}\n` }),
      unit('app.service', {
        folder: host.path('system'),
        sections: { Service: { [word === 'wrong' ? 'Wrong' : 'Nice']: 1 } },
      }),
      nftFragment('app', {
        folder: host.path('nftables.d'),
        table: 'inet app',
        content: `table inet app # ${word}\n`,
      }),
      file(host.path('other'), { content: word }),
    ]
    expect((await host.apply(items('good'))).counts).toMatchObject({ failed: 0 })
    const report = await host.apply(items('wrong'))
    expect(report.counts).toMatchObject({ failed: 3, fixed: 1 })
    expect(itemOf(report, 'sudoers:app').message).toContain('syntax error')
    expect(readFileSync(host.path('sudoers.d/app'), 'utf8')).toBe('good\n')
    expect(readFileSync(host.path('system/app.service'), 'utf8')).toContain('Nice=1')
    expect(readFileSync(host.path('ruleset'), 'utf8')).toContain('good')
    expect(host.log().filter(line => line === 'daemon-reload').length).toBe(1)
  })
})

describe('a firewall table', () => {
  it('with a rule that was added by hand is drift, and is loaded again', async () => {
    using host = machine()
    mkdirSync(host.path('nftables.d'))
    const items = [
      nftFragment('app', {
        folder: host.path('nftables.d'),
        table: 'inet app',
        content: 'table inet app {}\n',
      }),
    ]
    await host.apply(items)
    expect((await host.plan(items)).exitCode).toBe(0)
    appendFileSync(host.path('ruleset'), 'tcp dport 1 accept\n')
    expect(itemOf(await host.plan(items), 'nft:app').differences).toEqual([
      { key: 'loaded', actual: false, expected: true },
    ])
    await host.apply(items)
    expect(readFileSync(host.path('ruleset'), 'utf8')).toBe('table inet app {}\n')
    expect(() => nftFragment('x', { table: 'inet x', content: 'flush ruleset\n' })).toThrow(
      'flushes every table',
    )
  })
})

describe('kernel parameters', () => {
  it('are kept in a file and set now, and only what differs is set', async () => {
    using host = machine()
    mkdirSync(host.path('sysctl.d'))
    host.put('sysctl/vm.swappiness', '60\n')
    host.put('sysctl/net.ipv4.tcp_rmem', '1\t2\t3\n')
    const items = [
      sysctl('app', {
        folder: host.path('sysctl.d'),
        values: { 'vm.swappiness': 10, 'net.ipv4.tcp_rmem': '1 2 3' },
      }),
    ]
    expect((await host.apply(items)).counts).toMatchObject({ fixed: 1 })
    expect(host.log()).toEqual(['sysctl vm.swappiness=10'])
    expect(readFileSync(host.path('sysctl.d/app.conf'), 'utf8')).toBe(
      'net.ipv4.tcp_rmem = 1 2 3\nvm.swappiness = 10\n',
    )
    expect((await host.apply(items)).counts).toMatchObject({ ok: 1 })
  })
})

describe('definitions', () => {
  it('refuse unknown attributes and unusable names with a sentence', () => {
    expect(() => file('/a', { contents: 'x' } as never)).toThrow('file:/a has no attribute contents')
    for (const path of ['a', '/a/', '//a', '/a/../b', '/a:b', '/a\nb', '/.'])
      expect(() => file(path, { content: '' }), path).toThrow('no usable path')
    expect(() => group('-x')).toThrow('no usable name')
    expect(() => file('/a', { content: '', mode: 'rw' })).toThrow('octal')
    expect(() => file('/a', { content: '', validate: ['visudo'] })).toThrow('%s')
    expect(() => action('a', { command: 'x', triggered: true, unless: 'y' })).toThrow('stand alone')
    expect(() => unit('x', { sections: {} })).toThrow('no usable name')
    expect(() => unitText('unit:x', { Service: { ExecStart: 'a\nExecStart=b' } })).toThrow('one plain line')
  })

  it('write unit files as they are read: order kept, lists repeated, null left out, resets', () => {
    expect(
      unitText('unit:x', {
        Unit: { Description: 'A b', After: ['a.service', 'b.service'] },
        Service: { ExecStart: ['', '/bin/x'], User: null, PrivateTmp: true },
      }),
    ).toBe(
      '[Unit]\nDescription=A b\nAfter=a.service\nAfter=b.service\n\n[Service]\nExecStart=\nExecStart=/bin/x\nPrivateTmp=yes\n',
    )
  })

  it('make of a timer its two units and what enables it', () => {
    const items = timer('refresh', { command: '/usr/bin/true', onCalendar: 'daily' })
    expect(items.map(({ id }) => id)).toEqual([
      'unit:refresh.service',
      'unit:refresh.timer',
      'service:refresh.timer',
    ])
    expect(existsSync('/nowhere')).toBe(false)
  })
})
