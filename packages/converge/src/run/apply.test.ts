import { chmodSync, existsSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { action } from '../items/action.ts'
import { directory } from '../items/directory.ts'
import { file } from '../items/file.ts'
import { symlink } from '../items/symlink.ts'
import { Scratch } from '../testing/scratch.ts'
import { summaryLine } from './report.ts'

describe('apply', () => {
  const items = (scratch: Scratch) => [
    directory(scratch.path('etc'), { mode: '0750' }),
    file(scratch.path("etc/it's ü€ $(name)"), { content: "it's $HOME\n`id`\n", mode: '640' }),
    symlink(scratch.path('etc/link'), { target: scratch.path("etc/it's ü€ $(name)") }),
    action('guarded', {
      command: 'echo done > "$1"',
      arguments: [scratch.path('etc/done')],
      unless: 'test -e "$1"',
      needs: [`directory:${scratch.path('etc')}`],
    }),
  ]

  it('makes what is missing, and changes nothing when repeated', async () => {
    using scratch = new Scratch()
    const first = await scratch.apply(items(scratch))
    expect(first.items.flatMap(item => item.message ?? [])).toEqual([])
    expect(summaryLine(first)).toBe('scratch: 0 ok, 4 fixed, 0 skipped, 0 failed')
    expect(readFileSync(scratch.path("etc/it's ü€ $(name)"), 'utf8')).toBe("it's $HOME\n`id`\n")
    expect(statSync(scratch.path("etc/it's ü€ $(name)")).mode & 0o7777).toBe(0o640)
    expect(statSync(scratch.path('etc')).mode & 0o7777).toBe(0o750)
    expect(readlinkSync(scratch.path('etc/link'))).toBe(scratch.path("etc/it's ü€ $(name)"))
    const second = await scratch.apply(items(scratch))
    expect(summaryLine(second)).toBe('scratch: 4 ok, 0 fixed, 0 skipped, 0 failed')
    expect(second).toMatchObject({ exchanges: 1, exitCode: 0, generation: null, pending: [] })
  })

  it('mends just what drifted, and a plan names it with exit code 3 and writes nothing', async () => {
    using scratch = new Scratch()
    const before = await scratch.plan(items(scratch))
    expect(before).toMatchObject({ exitCode: 3, counts: { changes: 4 } })
    expect(existsSync(scratch.stateFolder)).toBe(false)
    await scratch.apply(items(scratch))
    expect((await scratch.plan(items(scratch))).exitCode).toBe(0)
    chmodSync(scratch.path('etc'), 0o700)
    writeFileSync(scratch.path("etc/it's ü€ $(name)"), 'edited')
    const plan = await scratch.plan(items(scratch))
    expect(
      plan.items
        .filter(({ status }) => status === 'change')
        .map(({ id, differences }) => [id, differences[0]?.key]),
    ).toEqual([
      [`directory:${scratch.path('etc')}`, 'mode'],
      [`file:${scratch.path("etc/it's ü€ $(name)")}`, 'content'],
    ])
    expect(readFileSync(scratch.path("etc/it's ü€ $(name)"), 'utf8')).toBe('edited')
    expect((await scratch.apply(items(scratch))).counts).toMatchObject({ ok: 2, fixed: 2, failed: 0 })
  })
})
