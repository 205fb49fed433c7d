import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { action } from '../items/action.ts'
import { file } from '../items/file.ts'
import { itemOf, Scratch, statusOf } from '../testing/scratch.ts'

describe('a trigger', () => {
  const items = (scratch: Scratch, content = 'new') => [
    file(scratch.path('config'), { content, triggers: ['action:restart'] }),
    action('restart', {
      command: 'test ! -e "$1" && echo restarted >> "$2"',
      arguments: [scratch.path('broken'), scratch.path('log')],
      triggered: true,
    }),
    action('after', { command: 'echo after >> "$1"', arguments: [scratch.path('log')], triggered: true }),
  ]
  const log = (scratch: Scratch) =>
    existsSync(scratch.path('log')) ? readFileSync(scratch.path('log'), 'utf8') : ''

  it('is not lost when its action fails: it runs in the next apply, though the file is as it should be', async () => {
    using scratch = new Scratch()
    writeFileSync(scratch.path('broken'), '')
    const failed = await scratch.apply(items(scratch))
    expect(failed).toMatchObject({
      exitCode: 1,
      counts: { fixed: 1, failed: 1 },
      pending: ['action:restart'],
    })
    rmSync(scratch.path('broken'))
    expect((await scratch.plan(items(scratch))).exitCode).toBe(3)
    const next = await scratch.apply(items(scratch))
    expect(next).toMatchObject({ exitCode: 0, counts: { ok: 1, fixed: 1, failed: 0 }, pending: [] })
    expect(log(scratch)).toBe('restarted\n')
    const third = await scratch.apply(items(scratch))
    expect(third.counts).toMatchObject({ ok: 1, fixed: 0 })
  })

  it('would be lost without its mark on the target', async () => {
    using scratch = new Scratch()
    writeFileSync(scratch.path('broken'), '')
    await scratch.apply(items(scratch))
    rmSync(scratch.path('broken'))
    for (const name of readdirSync(join(scratch.stateFolder, 'pending')))
      rmSync(join(scratch.stateFolder, 'pending', name))
    expect((await scratch.apply(items(scratch))).exitCode).toBe(0)
    expect(log(scratch)).toBe('')
  })

  it('runs its action once after all that trigger it, and not when nothing was changed', async () => {
    using scratch = new Scratch()
    const both = [
      ...items(scratch),
      file(scratch.path('other'), { content: 'x', triggers: ['action:restart'] }),
    ]
    const report = await scratch.apply(both)
    expect(statusOf(report, 'action:restart')).toBe('fixed')
    expect(statusOf(report, 'action:after')).toBe('idle')
    expect(log(scratch)).toBe('restarted\n')
    await scratch.apply(both)
    expect(log(scratch)).toBe('restarted\n')
  })

  it('does not fire when the change failed and changed nothing', async () => {
    using scratch = new Scratch()
    const refused = [
      file(scratch.path('config'), {
        content: 'bad',
        validate: ['false', '%s'],
        triggers: ['action:restart'],
      }),
      ...items(scratch).slice(1),
    ]
    const report = await scratch.apply(refused)
    expect(report).toMatchObject({ exitCode: 1, pending: [] })
    expect(statusOf(report, 'action:restart')).toBe('idle')
    expect(readdirSync(join(scratch.stateFolder, 'pending'))).toEqual([])
  })

  it('goes along a chain, and a chain that broke goes on where it broke', async () => {
    using scratch = new Scratch()
    const step = (name: string, triggers: string[]) =>
      action(name, {
        command: 'test ! -e "$1" && echo "$3" >> "$2"',
        arguments: [scratch.path(`broken-${name}`), scratch.path('log'), name],
        triggered: true,
        triggers,
      })
    const chain = [
      file(scratch.path('checkout'), { content: '1', triggers: ['action:install'] }),
      step('install', ['action:migrate']),
      step('migrate', ['action:start']),
      step('start', []),
    ]
    writeFileSync(scratch.path('broken-migrate'), '')
    const broken = await scratch.apply(chain)
    expect(broken.items.map(({ id, status }) => [id, status])).toEqual([
      ['action:install', 'fixed'],
      ['action:migrate', 'failed'],
      ['action:start', 'idle'],
      [`file:${scratch.path('checkout')}`, 'fixed'],
    ])
    rmSync(scratch.path('broken-migrate'))
    expect((await scratch.apply(chain)).exitCode).toBe(0)
    expect(log(scratch)).toBe('install\nmigrate\nstart\n')
  })
})

describe('relations', () => {
  it('skip what needs a failed action that is guarded, transitively, and let run what only comes after it', async () => {
    using scratch = new Scratch()
    const touch = (name: string, relations: object) =>
      action(name, {
        command: ': > "$1"',
        arguments: [scratch.path(name)],
        unless: 'test -e "$1"',
        ...relations,
      })
    const report = await scratch.apply([
      action('guard', { command: 'exit 7', unless: 'false' }),
      touch('needing', { needs: ['action:guard'] }),
      touch('needing-that', { needs: ['action:needing'] }),
      touch('coming-after', { after: ['action:guard'] }),
    ])
    expect(itemOf(report, 'action:guard')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('code 7'),
    })
    expect(itemOf(report, 'action:needing')).toMatchObject({ status: 'skipped', reason: 'dependency-failed' })
    expect(itemOf(report, 'action:needing-that')).toMatchObject({
      status: 'skipped',
      reason: 'dependency-skipped',
    })
    expect(statusOf(report, 'action:coming-after')).toBe('fixed')
    expect(existsSync(scratch.path('needing'))).toBe(false)
  })

  it('count an action whose question says that nothing is to do as ok, and run what needs it', async () => {
    using scratch = new Scratch()
    const report = await scratch.apply([
      action('done', { command: 'exit 1', unless: 'true' }),
      file(scratch.path('file'), { content: '', needs: ['action:done'] }),
    ])
    expect(report.counts).toMatchObject({ ok: 1, fixed: 1 })
  })

  it('run what precedes a change before it, only if there is one, and leave the item when it fails', async () => {
    using scratch = new Scratch()
    const with_ = (command: string, content: string) => [
      action('backup', { command, arguments: [scratch.path('log'), scratch.path('file')], triggered: true }),
      file(scratch.path('file'), { content, precededBy: ['action:backup'] }),
    ]
    writeFileSync(scratch.path('file'), 'old')
    await scratch.apply(with_('cat "$2" >> "$1"', 'new'))
    await scratch.apply(with_('cat "$2" >> "$1"', 'new'))
    expect(readFileSync(scratch.path('log'), 'utf8')).toBe('old')
    const report = await scratch.apply(with_('exit 1', 'newer'))
    expect(itemOf(report, `file:${scratch.path('file')}`)).toMatchObject({
      status: 'skipped',
      reason: 'preceding-failed',
      because: 'action:backup',
    })
    expect(readFileSync(scratch.path('file'), 'utf8')).toBe('new')
  })

  it('ask again before judging what an earlier change has touched', async () => {
    using scratch = new Scratch()
    const report = await scratch.apply([
      file(scratch.path('a'), { content: 'yes' }),
      action('already', {
        command: 'exit 1',
        arguments: [scratch.path('a')],
        unless: 'grep -q yes "$1"',
        after: ['file:'],
      }),
    ])
    expect(statusOf(report, 'action:already')).toBe('ok')
    using other = new Scratch()
    const plan = await other.plan([
      file(other.path('a'), { content: 'yes' }),
      action('already', {
        command: 'exit 1',
        arguments: [other.path('a')],
        unless: 'grep -q yes "$1"',
        after: ['file:'],
      }),
    ])
    expect(itemOf(plan, 'action:already')).toMatchObject({ status: 'change', maybe: true })
  })

  it('leave out what --skip names with what needs it, and take in what --only needs', async () => {
    using scratch = new Scratch()
    const items = [
      file(scratch.path('a'), { content: 'a' }),
      file(scratch.path('b'), { content: 'b', needs: [`file:${scratch.path('a')}`] }),
      file(scratch.path('c'), { content: 'c', after: [`file:${scratch.path('b')}`] }),
    ]
    const only = await scratch.apply(items, { only: [`file:${scratch.path('b')}`] })
    expect(only.items.map(({ status }) => status)).toEqual(['fixed', 'fixed', 'unselected'])
    using other = new Scratch()
    const again = items.map(({ name, relations }, at) =>
      file(name.replace(scratch.folder, other.folder), {
        content: `${at}`,
        ...(relations.needs === undefined
          ? {}
          : { needs: relations.needs.map(id => id.replace(scratch.folder, other.folder)) }),
      }),
    )
    const skip = await other.apply(again, { skip: [`file:${other.path('a')}`] })
    expect(skip.items.map(({ status, reason }) => [status, reason])).toEqual([
      ['skipped', 'left-out'],
      ['skipped', 'dependency-skipped'],
      ['fixed', undefined],
    ])
    await expect(scratch.apply(items, { only: ['file:/nowhere'] })).rejects.toThrow('No item matches')
  })

  it('say of an action without a guard that it ran, which is neither fixed nor failed', async () => {
    using scratch = new Scratch()
    const report = await scratch.apply([action('self-test', { command: 'true', everyRun: true })])
    expect(report.counts).toEqual({ ok: 0, fixed: 0, skipped: 0, failed: 0, ran: 1, changes: 0, total: 1 })
    expect(() => action('x', { command: 'true' })).toThrow('would run every time')
  })

  it('run a stamped action again when its command or a listed value changed', async () => {
    using scratch = new Scratch()
    const item = (version: string) =>
      action('install', { command: 'echo x >> "$1"', arguments: [scratch.path('log')], stamp: [version] })
    await scratch.apply([item('1')])
    await scratch.apply([item('1')])
    expect((await scratch.apply([item('2')])).counts.fixed).toBe(1)
    expect(readFileSync(scratch.path('log'), 'utf8')).toBe('x\nx\n')
  })
})
