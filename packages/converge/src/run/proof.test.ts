import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { action, type Undo } from '../items/action.ts'
import { directory } from '../items/directory.ts'
import { file } from '../items/file.ts'
import type { Item } from '../items/item.ts'
import { release } from '../items/release.ts'
import { symlink } from '../items/symlink.ts'
import { itemOf, Scratch, statusOf } from '../testing/scratch.ts'
import { localShell, type Transport } from '../transport/transport.ts'
import { rollback } from './rollback.ts'

/** What is served, and proves that it is well when `content` isn't `broken`. */
function items(
  scratch: Scratch,
  content: string,
  options: { undo?: Undo; undoesRun?: boolean; script?: string } = {},
): Item[] {
  const { script = 'test "$(cat "$1/d/a")" != broken || { echo "It is broken."; exit 1; }' } = options
  return [
    directory(scratch.path('d')),
    file(scratch.path('d/a'), { content, triggers: ['action:proof'] }),
    symlink(scratch.path('link'), { target: content, before: ['action:proof'] }),
    action('proof', {
      command: script,
      arguments: [scratch.folder],
      triggered: true,
      undoesRun: options.undoesRun ?? true,
      ...(options.undo === undefined ? {} : { undo: options.undo }),
    }),
    file(scratch.path('after'), { content, needs: ['action:proof'] }),
    file(scratch.path('later'), { content, after: [`file:${scratch.path('after')}`] }),
  ]
}

/** A machine on which copies of contents come to an end half-way while the file `full` is there. */
function withFullDisk(scratch: Scratch): Transport {
  mkdirSync(scratch.path('bin'))
  const script = `#!/bin/sh
for last; do :; done
case $last in */.a.*) [ ! -e '${scratch.path('full')}' ] || full=yes ;; esac
[ -n "\${full-}" ] || exec /bin/cp "$@"
printf hal >"$last"
echo 'No space left on device' >&2
exit 1
`
  writeFileSync(scratch.path('bin/cp'), script, { mode: 0o755 })
  return localShell({ env: { PATH: `${scratch.path('bin')}:/usr/bin:/bin` } })
}

const contentOf = (scratch: Scratch) => readFileSync(scratch.path('d/a'), 'utf8')
const statuses = (scratch: Scratch, names: readonly string[]) =>
  names.map(name => `file:${scratch.path(name)}`)

describe('a run that is proven', () => {
  it('to be wrong is undone at once, says so of each item, and ends', async () => {
    using scratch = new Scratch()
    await scratch.apply(items(scratch, 'one'))
    const report = await scratch.apply(items(scratch, 'broken'))
    expect(report).toMatchObject({ exitCode: 1, generation: null, counts: { fixed: 0, failed: 1 } })
    expect(itemOf(report, 'action:proof').message).toMatch(/It is broken\.\nWhat was done is undone\./)
    for (const id of statuses(scratch, ['d/a', 'after', 'later']))
      expect(itemOf(report, id)).toMatchObject({
        status: 'skipped',
        reason: 'undone',
        because: 'action:proof',
      })
    expect(contentOf(scratch)).toBe('one')
    expect((await scratch.plan(items(scratch, 'one'))).pending).toEqual(['action:proof'])
  })

  it('stays where it is not undone: the fault that undoing prevents', async () => {
    using scratch = new Scratch()
    await scratch.apply(items(scratch, 'one'))
    const report = await scratch.apply(items(scratch, 'broken', { undoesRun: false }))
    expect(report.exitCode).toBe(1)
    expect(contentOf(scratch)).toBe('broken')
  })

  it('is proven again by the next one, which does what was undone', async () => {
    using scratch = new Scratch()
    await scratch.apply(items(scratch, 'one'))
    await scratch.apply(items(scratch, 'broken'))
    expect((await scratch.apply(items(scratch, 'two'))).exitCode).toBe(0)
    expect(contentOf(scratch)).toBe('two')
    expect(readFileSync(scratch.path('later'), 'utf8')).toBe('two')
    await scratch.apply(items(scratch, 'broken'))
    expect(contentOf(scratch)).toBe('two')
  })

  it('takes back what runs before did that came to no proof, trees too', async () => {
    using scratch = new Scratch()
    const tree = (revision: string) => {
      const folder = mkdtempSync(scratch.path('tree-'))
      writeFileSync(join(folder, 'x'), revision)
      const archive = () => execFileSync('tar', ['-c', '-C', folder, '.'])
      return release(scratch.path('src'), { revision, archive, before: ['action:proof'] })
    }
    const inTheWay = file(scratch.path('in/the/way'), { content: 'x', neededBy: ['action:proof'] })
    await scratch.apply([...items(scratch, 'one'), tree('one')])
    const cutShort = await scratch.apply([...items(scratch, 'two'), tree('two'), inTheWay])
    expect(statusOf(cutShort, 'action:proof')).toBe('skipped')
    expect([contentOf(scratch), readFileSync(scratch.path('src/x'), 'utf8')]).toEqual(['two', 'two'])
    const report = await scratch.apply([...items(scratch, 'broken'), tree('three')])
    expect(itemOf(report, 'action:proof').message).toContain('What was done is undone.')
    expect([contentOf(scratch), readFileSync(scratch.path('src/x'), 'utf8')]).toEqual(['one', 'one'])
  })

  it('stays when an action says that it can’t be taken back, and why', async () => {
    using scratch = new Scratch()
    await scratch.apply(items(scratch, 'one'))
    const undo = { possible: 'echo "There is nothing to go back to."; false', command: 'true' }
    const report = await scratch.apply(items(scratch, 'broken', { undo }))
    expect(itemOf(report, 'action:proof').message).toMatch(
      /What was done is not undone\.\nThere is nothing to go back to\./,
    )
    expect(contentOf(scratch)).toBe('broken')
  })

  it('keeps whole what can’t be put back, says so, and what was kept of it is put back later', async () => {
    using scratch = new Scratch()
    scratch.transport = withFullDisk(scratch)
    await scratch.apply(items(scratch, 'one'))
    const script = 'echo >"$1/full"; exit 1'
    const report = await scratch.apply(items(scratch, 'broken', { script }))
    expect(itemOf(report, 'action:proof').message).toMatch(/undone in part\.[\s\S]*No space left/)
    expect(statusOf(report, `file:${scratch.path('d/a')}`)).toBe('fixed')
    expect(statusOf(report, `symlink:${scratch.path('link')}`)).toBe('skipped')
    expect(contentOf(scratch)).toBe('broken')
    expect(readdirSync(scratch.path('d'))).toEqual(['a'])
    expect(report.generation).toBe(2)
    rmSync(scratch.path('full'))
    const back = await rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    expect(back).toMatchObject({ exitCode: 0, generation: 2, left: [] })
    expect([contentOf(scratch), readlinkSync(scratch.path('link'))]).toEqual(['one', 'one'])
  })

  it('is undone only where nobody else could exchange what is written', async () => {
    using scratch = new Scratch()
    await scratch.apply(items(scratch, 'one'))
    const report = await scratch.apply(items(scratch, 'broken', { script: 'chmod 0777 "$1/d"; exit 1' }))
    expect(itemOf(report, 'action:proof').message).toMatch(/undone in part\.[\s\S]*writable by everybody/)
    expect(contentOf(scratch)).toBe('broken')
    for (const [id, status] of [
      [`symlink:${scratch.path('link')}`, 'skipped'],
      [`file:${scratch.path('d/a')}`, 'fixed'],
      [`file:${scratch.path('later')}`, 'skipped'],
    ] as const)
      expect(statusOf(report, id), id).toBe(status)
  })

  it('is undone by the target itself when the connection is gone', async () => {
    using scratch = new Scratch()
    await scratch.apply(items(scratch, 'one'))
    const abort = new AbortController()
    const script = 'touch "$1/reached"; until [ -e "$1/go" ]; do sleep 0.01; done; exit 1'
    const run = scratch.apply(items(scratch, 'broken', { script }), { signal: abort.signal })
    while (!existsSync(scratch.path('reached'))) await delay(10)
    expect(contentOf(scratch)).toBe('broken')
    abort.abort()
    writeFileSync(scratch.path('go'), '')
    expect((await run).error?.code).toBe('unreachable')
    await scratch.untilFree()
    expect(contentOf(scratch)).toBe('one')
  })
})

describe('an action that can be taken back', () => {
  const swap = (scratch: Scratch, content: string, possible = 'true') =>
    action('swap', {
      command: 'cp "$1/served" "$KEPT/served"; printf %s "$2" >"$1/served"',
      arguments: [scratch.folder, content],
      stamp: [],
      needs: [`file:${scratch.path('a')}`],
      undo: {
        possible: `[ -n "\${ACCEPT_LOSS-}" ] || ${possible}`,
        command: 'cp "$KEPT/served" "$1/served"; cat "$1/a" >"$1/at-undo"',
        afterwards: 'cat "$1/a" >"$1/afterwards"',
      },
    })
  const scene = (scratch: Scratch, content: string, possible?: string) => [
    file(scratch.path('a'), { content }),
    swap(scratch, content, possible),
  ]

  it('is taken back by a rollback in its turn, with what it kept', async () => {
    using scratch = new Scratch()
    writeFileSync(scratch.path('served'), 'none')
    await scratch.apply(scene(scratch, 'one'))
    await scratch.apply(scene(scratch, 'two'))
    const back = () => rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    expect(await back()).toMatchObject({
      exitCode: 0,
      generation: 2,
      refused: null,
      restored: ['action:swap', scratch.path('a')],
    })
    const read = (name: string) => readFileSync(scratch.path(name), 'utf8')
    expect([read('served'), read('a'), read('at-undo'), read('afterwards')]).toEqual([
      'one',
      'one',
      'two',
      'one',
    ])
    await back()
    expect(read('served')).toBe('none')
  })

  it('does again what was taken back, and not what was done before', async () => {
    using scratch = new Scratch()
    const scene = (content: string) => [
      file(scratch.path('a'), { content }),
      action('read', {
        command: 'cat "$1/a" >>"$1/log"',
        arguments: [scratch.folder],
        stamp: [content],
        undo: { command: 'true' },
        needs: [`file:${scratch.path('a')}`],
      }),
    ]
    const log = () => readFileSync(scratch.path('log'), 'utf8')
    await scratch.apply(scene('1'))
    await scratch.apply(scene('2'))
    await rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    expect((await scratch.plan(scene('1'))).exitCode).toBe(0)
    await scratch.apply(scene('2'))
    expect(log()).toBe('122')
    await rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    await rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    await scratch.apply(scene('1'))
    expect(log()).toBe('1221')
  })

  it('that would lose something isn’t, nor is anything else, unless that is accepted', async () => {
    using scratch = new Scratch()
    writeFileSync(scratch.path('served'), 'none')
    await scratch.apply(scene(scratch, 'one'))
    await scratch.apply(scene(scratch, 'two', '{ echo "Rows would be lost."; false; }'))
    const back = (acceptLoss: boolean) =>
      rollback(scratch.transport, { stateFolder: scratch.stateFolder, acceptLoss })
    expect(await back(false)).toMatchObject({
      exitCode: 1,
      refused: 'Rows would be lost.',
      acceptable: true,
      restored: [],
    })
    expect(readFileSync(scratch.path('a'), 'utf8')).toBe('two')
    expect(await back(true)).toMatchObject({ exitCode: 0, refused: null })
    expect(readFileSync(scratch.path('served'), 'utf8')).toBe('one')
  })

  it('that can’t at all isn’t, and accepting a loss is no way out', async () => {
    using scratch = new Scratch()
    const undo = { possible: 'echo "There was nothing before."; false', command: 'true' }
    await scratch.apply([action('first', { command: 'true', stamp: [], undo })])
    const back = await rollback(scratch.transport, { stateFolder: scratch.stateFolder })
    expect(back).toMatchObject({ refused: 'There was nothing before.', acceptable: false })
  })

  it('is taken back to its end when the connection is gone meanwhile', async () => {
    using scratch = new Scratch()
    const slowly = (content: string) => [
      file(scratch.path('a'), { content }),
      action('stop', {
        command: 'true',
        arguments: [scratch.folder],
        stamp: [content],
        undo: {
          command: 'touch "$1/reached"; until [ -e "$1/go" ]; do sleep 0.01; done',
          afterwards: 'cp "$1/a" "$1/started-again"',
        },
      }),
    ]
    await scratch.apply(slowly('one'))
    await scratch.apply(slowly('two'))
    const abort = new AbortController()
    const back = rollback(scratch.transport, { stateFolder: scratch.stateFolder, signal: abort.signal })
    const broken = expect(back).rejects.toThrow('is gone')
    while (!existsSync(scratch.path('reached'))) await delay(10)
    abort.abort()
    writeFileSync(scratch.path('go'), '')
    await broken
    await scratch.untilFree()
    expect(readFileSync(scratch.path('started-again'), 'utf8')).toBe('one')
    expect(readFileSync(scratch.path('a'), 'utf8')).toBe('one')
  })
})
