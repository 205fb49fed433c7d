import { fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdir, mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { removeTree } from '../../files/remove-tree.ts'
import { layoutOf } from '../../layout.ts'
import type { ScriptEnding } from '../../overlays/scripts/script-runner.ts'
import { describeWithLayers } from '../../testing/describe-with-layers.ts'
import { eventually } from '../../testing/eventually.ts'
import { processesByWord } from '../../testing/processes-by-word.ts'
import { findPrograms, missingProgramsError } from '../programs.ts'
import { defaultScriptLimits, ProcessScriptRunner, type ScriptLimits } from './process-script-runner.ts'

describeWithLayers('a script in the process driver’s sandbox', () => {
  let root: string

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'left4me-script-'))
    await mkdir(layoutOf(root).overlay(1).draft, { recursive: true })
  })

  afterEach(async () => {
    // Nothing of a run stays.
    expect(await readdir(layoutOf(root).temporary).catch(() => [])).toEqual([])
    await removeTree(root)
  })

  const runner = (limits: Partial<ScriptLimits> = {}) =>
    new ProcessScriptRunner({
      layout: layoutOf(root),
      programs: () => {
        const { programs, missing } = findPrograms({})
        if (!programs) throw missingProgramsError(missing)
        return programs
      },
      limits: { ...defaultScriptLimits, interval: 50, ...limits },
    })
  const run = (script: string, limits: Partial<ScriptLimits> = {}): Promise<ScriptEnding> =>
    runner(limits).run(1, script, {
      onOutput: () => undefined,
      signal: new AbortController().signal,
      maxBytes: 50_000_000,
    })
  const uniqueSleep = () => `${87_000 + randomInt(1000)}.${randomInt(1_000_000)}`

  it('ends when its time is over', async () => {
    const word = uniqueSleep()
    expect(await run(`trap '' TERM; sleep ${word}; true`, { time: 500 })).toMatchObject({
      outcome: 'timeout',
    })
    expect(await processesByWord(word)).toEqual([])
  })

  it('ends when all its processes together have too much memory', async () => {
    const hold =
      'for i in 1 2 3 4; do (x=$(head -c 30000000 /dev/zero | tr "\\0" x); sleep 1000) & done; wait'
    expect(await run(hold, { memoryBytes: 60_000_000 })).toMatchObject({ outcome: 'out-of-memory' })
    expect(await run('x=$(head -c 1000 /dev/zero | tr "\\0" x)', { memoryBytes: 60_000_000 })).toMatchObject({
      outcome: 'succeeded',
    })
  })

  it('ends when it has too many processes', async () => {
    const word = uniqueSleep()
    expect(await run(`for i in $(seq 40); do sleep ${word} & done; wait`, { processes: 20 })).toMatchObject({
      outcome: 'killed',
      message: expect.stringContaining('processes'),
    })
    expect(await processesByWord(word)).toEqual([])
  })

  it('says which signal killed it, and with which code it ended', async () => {
    expect(await run('exit 7')).toMatchObject({ outcome: 'failed', message: expect.stringContaining('7') })
    expect(await run('kill -SEGV $$')).toMatchObject({
      outcome: 'killed',
      message: expect.stringContaining('SIGSEGV'),
    })
    expect(await run('#!/no/such/interpreter\n')).toMatchObject({ outcome: 'failed' })
    expect(await run('head -c 60000000 /dev/zero >big')).toMatchObject({ outcome: 'disk-limit' })
  })

  it('can’t be told from code: neither its text nor its overlay is taken for one', async () => {
    expect(await run('echo "$0 $#" >"quoted; exit 3"')).toMatchObject({ outcome: 'succeeded' })
    expect(await readdir(layoutOf(root).overlay(1).draft)).toEqual(['quoted; exit 3'])
  })

  it('dies with the application, however that ends', async () => {
    const word = uniqueSleep()
    const program = new URL('../../testing/build-script.ts', import.meta.url)
    const application = fork(program, [root, `trap '' TERM; setsid sleep ${word} & sleep ${word}`], {
      stdio: 'ignore',
    })
    await eventually('it sleeps', async () => (await processesByWord(word)).length >= 2)
    application.kill('SIGKILL')
    await eventually('nothing of it is left', async () => (await processesByWord(word)).length === 0)
    await removeTree(layoutOf(root).temporary)
  })

  it('is tried by a check that says what isn’t limited', async () => {
    expect(await runner().check()).toMatchObject({
      name: 'scripts',
      ok: true,
      message: expect.stringContaining('network'),
    })
  })
})
