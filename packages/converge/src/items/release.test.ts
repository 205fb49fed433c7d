import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rollback } from '../run/rollback.ts'
import { itemOf, Scratch } from '../testing/scratch.ts'
import { localShell } from '../transport/transport.ts'
import { release } from './release.ts'

function archive(scratch: Scratch, files: Readonly<Record<string, string>>): () => Uint8Array {
  const folder = mkdtempSync(scratch.path('tree-'))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return () => execFileSync('tar', ['-c', '-C', folder, '.'])
}

/** Reads a file over and over; says when it wasn't there. Resolves when it is at it. */
async function watch(path: string): Promise<{ stop: () => Promise<string> }> {
  const script = 'echo begins; while :; do read -r x < "$0" || [ -n "$x" ] || echo gone; done'
  const child = spawn('sh', ['-c', script, path], { stdio: ['ignore', 'pipe', 'pipe'] })
  await once(child.stdout, 'data')
  let said = ''
  child.stdout.on('data', chunk => {
    said += String(chunk)
  })
  child.stderr.on('data', chunk => {
    said += String(chunk)
  })
  return {
    stop: () =>
      new Promise(resolve => {
        child.once('close', () => resolve(said))
        child.kill('SIGKILL')
      }),
  }
}

describe('a release', () => {
  const one = (scratch: Scratch) =>
    release(scratch.path('src'), { revision: 'one', archive: archive(scratch, { 'a/b': '1' }) })
  const two = (scratch: Scratch, validate = '') =>
    release(scratch.path('src'), {
      revision: 'two',
      archive: archive(scratch, { 'a/b': '2', c: '2' }),
      validate,
    })

  it('is exchanged whole with the one before, which stays beside; repeated, nothing is sent', async () => {
    using scratch = new Scratch()
    const id = `release:${scratch.path('src')}`
    expect(itemOf(await scratch.apply([one(scratch)]), id)).toMatchObject({ status: 'fixed' })
    expect(itemOf(await scratch.apply([two(scratch)]), id)).toMatchObject({ status: 'fixed' })
    expect(readFileSync(scratch.path('src/a/b'), 'utf8')).toBe('2')
    expect(readFileSync(scratch.path('.src.left4me-before-of-2/a/b'), 'utf8')).toBe('1')
    const again = release(scratch.path('src'), {
      revision: 'two',
      archive: () => {
        throw new Error('asked for')
      },
    })
    expect((await scratch.apply([again])).counts).toMatchObject({ ok: 2, fixed: 0 })
  })

  it('that its check refuses leaves the live one as it is', async () => {
    using scratch = new Scratch()
    await scratch.apply([one(scratch)])
    const report = await scratch.apply([two(scratch, 'test ! -e "$1/c"')])
    expect(itemOf(report, `release:${scratch.path('src')}`).message).toContain('refused by its check')
    expect(readFileSync(scratch.path('src/a/b'), 'utf8')).toBe('1')
    expect(existsSync(scratch.path('.src.left4me-stage'))).toBe(false)
  })

  it('that somebody edited is drift and is put back', async () => {
    using scratch = new Scratch()
    await scratch.apply([one(scratch)])
    writeFileSync(scratch.path('src/a/b'), 'edited')
    expect((await scratch.plan([one(scratch)])).exitCode).toBe(3)
    await scratch.apply([one(scratch)])
    expect(readFileSync(scratch.path('src/a/b'), 'utf8')).toBe('1')
  })

  it('that somebody edited behind its back, with size and time as they were, is drift all the same', async () => {
    using scratch = new Scratch()
    const item = one(scratch)
    await scratch.apply([item])
    execFileSync('sh', ['-c', 'touch -r a/b time; echo 9 | tr -d "\\n" >a/b; touch -r time a/b; rm time'], {
      cwd: scratch.path('src'),
    })
    expect(itemOf(await scratch.plan([item]), item.id).differences).toEqual([
      { key: 'unchanged', actual: false, expected: true },
    ])
  })

  it('is read again only when something in it may have changed', async () => {
    using scratch = new Scratch()
    mkdirSync(scratch.path('bin'))
    const counting = `#!/bin/sh\necho "$@" >>${scratch.path('read')}\nexec /usr/bin/sha256sum "$@"\n`
    writeFileSync(scratch.path('bin/sha256sum'), counting, { mode: 0o755 })
    scratch.transport = localShell({ env: { PATH: `${scratch.path('bin')}:/usr/bin:/bin` } })
    const item = one(scratch)
    const readings = () => readFileSync(scratch.path('read'), 'utf8').match(/a\/b/g)?.length
    await scratch.apply([item])
    const before = readings()
    expect((await scratch.apply([item])).counts).toMatchObject({ ok: 2, fixed: 0 })
    expect(readings()).toBe(before)
    chmodSync(scratch.path('src/a/b'), 0o600)
    chmodSync(scratch.path('src/a/b'), 0o644)
    expect((await scratch.plan([item])).exitCode).toBe(0)
    expect(readings()).not.toBe(before)
  })

  it('is never missing or half there while it is exchanged', async () => {
    using scratch = new Scratch()
    await scratch.apply([one(scratch)])
    const watcher = await watch(scratch.path('src/a/b'))
    for (let round = 0; round < 3; round++) {
      await scratch.apply([two(scratch)])
      await scratch.apply([one(scratch)])
    }
    expect(await watcher.stop()).toBe('')
  })

  it('goes back by a rollback', async () => {
    using scratch = new Scratch()
    await scratch.apply([one(scratch)])
    await scratch.apply([two(scratch)])
    expect(await rollback(scratch.transport, { stateFolder: scratch.stateFolder })).toMatchObject({
      exitCode: 0,
      generation: 2,
    })
    expect(readFileSync(scratch.path('src/a/b'), 'utf8')).toBe('1')
  })
})
