import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { directory } from '../items/directory.ts'
import { file } from '../items/file.ts'
import { service } from '../items/service.ts'
import { symlink } from '../items/symlink.ts'
import { dropIn, unit } from '../items/unit.ts'
import { rollback } from '../run/rollback.ts'
import { fakeMachine } from '../testing/fake-programs.ts'
import { Scratch } from '../testing/scratch.ts'

describe('what is no longer declared', () => {
  const items = (scratch: Scratch) => [
    directory(scratch.path('d')),
    file(scratch.path('d/a'), { content: 'a' }),
    file(scratch.path('b'), { content: 'b' }),
    symlink(scratch.path('l'), { target: 'x' }),
  ]

  it('is named, and removed only when asked to, from the inside out; what was there before stays', async () => {
    using scratch = new Scratch()
    mkdirSync(scratch.path('before'))
    chmodSync(scratch.path('before'), 0o700)
    await scratch.apply([...items(scratch), directory(scratch.path('before'), { mode: '0750' })])
    const named = await scratch.apply([])
    expect(named.undeclared.length).toBe(4)
    expect(existsSync(scratch.path('b'))).toBe(true)
    const pruned = await scratch.apply([], { prune: true })
    expect(pruned).toMatchObject({ unpruned: [], undeclared: [], generation: 2 })
    expect(pruned.pruned.length).toBe(4)
    for (const name of ['d', 'b', 'l']) expect(existsSync(scratch.path(name)), name).toBe(false)
    expect(existsSync(scratch.path('before'))).toBe(true)
    const back = await rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    expect(back).toMatchObject({ failed: [], left: [] })
    expect(readFileSync(scratch.path('b'), 'utf8')).toBe('b')
    expect(readFileSync(scratch.path('d/a'), 'utf8')).toBe('a')
  })

  it('is what a file left where it was before it was moved', async () => {
    using scratch = new Scratch()
    scratch.transport = fakeMachine(scratch.folder)
    mkdirSync(scratch.path('units/app.timer'))
    const items = (folder: string) => [
      directory(scratch.path('old')),
      unit('app.timer', { folder: scratch.path(folder), sections: { Timer: { OnCalendar: 'daily' } } }),
      service('app.timer', { running: true }),
    ]
    await scratch.apply(items('old'))
    const old = `unit:app.timer (${scratch.path('old/app.timer')})`
    expect((await scratch.apply(items('new'))).undeclared).toEqual([old])
    expect(await scratch.apply(items('new'), { prune: true })).toMatchObject({
      pruned: [old],
      undeclared: [],
    })
    expect([existsSync(scratch.path('old/app.timer')), existsSync(scratch.path('new/app.timer'))]).toEqual([
      false,
      true,
    ])
    expect(existsSync(scratch.path('units/app.timer/active'))).toBe(true)
    expect((await scratch.plan(items('new'))).undeclared).toEqual([])
  })

  it('isn’t what another item has now, and not for ever what that one has removed', async () => {
    using scratch = new Scratch()
    scratch.transport = fakeMachine(scratch.folder)
    const path = scratch.path('app.slice.d/99-cores.conf')
    await scratch.apply([
      dropIn('app.slice/99-cores', { folder: scratch.folder, sections: { Slice: { AllowedCPUs: '1' } } }),
    ])
    const away = [directory(scratch.path('app.slice.d')), file(path, { absent: true })]
    expect((await scratch.apply(away)).undeclared).not.toContain('drop-in:app.slice/99-cores')
    expect(existsSync(path)).toBe(false)
    expect((await scratch.apply(away.slice(0, 1))).undeclared).not.toContain('drop-in:app.slice/99-cores')
  })

  it('stays when its content was never ours, nor is it named', async () => {
    using scratch = new Scratch()
    writeFileSync(scratch.path('a'), 'mine', { mode: 0o644 })
    await scratch.apply([file(scratch.path('a'), { mode: '0600' })])
    expect(await scratch.apply([], { prune: true })).toMatchObject({
      pruned: [],
      unpruned: [],
      undeclared: [],
    })
    expect(readFileSync(scratch.path('a'), 'utf8')).toBe('mine')
  })

  it('stays when its content is no longer what was written', async () => {
    using scratch = new Scratch()
    await scratch.apply(items(scratch))
    writeFileSync(scratch.path('b'), 'mine')
    writeFileSync(scratch.path('d/foreign'), '')
    const report = await scratch.apply([], { prune: true })
    expect([...report.unpruned].sort()).toEqual([
      `directory:${scratch.path('d')}`,
      `file:${scratch.path('b')}`,
    ])
    expect(existsSync(join(scratch.folder, 'd/foreign'))).toBe(true)
    // What stays each time takes no run's place among those that can be undone.
    for (let run = 0; run < 3; run++)
      expect((await scratch.apply([], { prune: true, generations: 2 })).generation).toBe(null)
    const back = () => rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    expect([(await back()).generation, (await back()).generation]).toEqual([2, 1])
  })
})
