import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { generator } from '../node/test-node.ts'
import { interruptedItems } from '../testing/interrupted-items.ts'
import { Scratch } from '../testing/scratch.ts'

const program = new URL('../testing/apply-once.ts', import.meta.url).pathname

/** An apply in a process group of its own, so that the shell on the "target" dies with it, as in a power cut. */
function start(scratch: Scratch, version: string): ChildProcess {
  return spawn(process.execPath, [program, scratch.folder, version], { detached: true, stdio: 'ignore' })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise(resolve => child.once('exit', () => resolve()))
}

describe('an apply that is killed', () => {
  it('at any point is completed by the next one: every file whole, no trigger lost, no half file beside', async () => {
    const random = generator(20_261)
    using scratch = new Scratch()
    const lines = () =>
      existsSync(scratch.path('log')) ? readFileSync(scratch.path('log'), 'utf8').split('\n') : []
    let cut = 0
    // Milliseconds from the first change to the end of a run that nobody cut, as long as this machine takes for that.
    let whole = 250
    for (let run = 1; run <= 20 || cut <= 5; run++) {
      const version = `v${run}`
      const child = start(scratch, version)
      const over = ended(child)
      const before = readdirSync(scratch.folder).length
      while (
        child.exitCode === null &&
        readdirSync(scratch.folder).length === before &&
        !isAt(scratch, 'f0', version)
      )
        await sleep(2)
      const began = performance.now()
      await Promise.race([sleep(random() * whole), over])
      if (child.exitCode !== null) whole = Math.max(20, performance.now() - began)
      else if (child.pid !== undefined) {
        // All at once as in a power cut, or only this end, as when a connection is lost.
        process.kill(random() < 0.5 ? -child.pid : child.pid, 'SIGKILL')
        cut++
      }
      await over
      const report = await applyUnlocked(scratch, version)
      expect(report.items.flatMap(({ message }) => message ?? [])).toEqual([])
      expect(report).toMatchObject({ exitCode: 0, pending: [] })
      for (let at = 0; at < 12; at++)
        expect(readFileSync(scratch.path(`f${at}`), 'utf8')).toBe(`${version} ${at}\n`.repeat(200))
      expect(readdirSync(scratch.folder).filter(name => name.startsWith('.'))).toEqual([])
      // The triggered action saw this version, whichever of the two runs it was that ran it.
      expect(lines()).toContain(version)
      expect((await scratch.apply(interruptedItems(scratch.folder, version))).counts).toMatchObject({
        fixed: 0,
        failed: 0,
      })
    }
  }, 900_000)

  it('would lose its trigger without the marks on the target', async () => {
    using scratch = new Scratch()
    const log = () => (existsSync(scratch.path('log')) ? readFileSync(scratch.path('log'), 'utf8') : '')
    for (let run = 1; ; run++) {
      const version = `v${run}`
      const child = start(scratch, version)
      const over = ended(child)
      while (child.exitCode === null && !['f0', 'f1', 'f2'].every(name => isAt(scratch, name, version)))
        await sleep(1)
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      await over
      // Cut too late: it had reacted. Once more.
      if (log().includes(version)) continue
      const pending = join(scratch.stateFolder, 'pending')
      expect(readdirSync(pending).length).toBeGreaterThan(0)
      for (const name of readdirSync(pending)) rmSync(join(pending, name))
      expect(await applyUnlocked(scratch, version)).toMatchObject({ exitCode: 0 })
      expect(log()).not.toContain(version)
      return
    }
  }, 600_000)

  it('gives its lock back with its shell, and a second one meanwhile is told who has it', async () => {
    using scratch = new Scratch()
    writeFileSync(scratch.path('slow'), '')
    const child = start(scratch, 'v1')
    const over = ended(child)
    const holder = join(scratch.stateFolder, 'holder')
    while (!existsSync(holder) || readFileSync(holder, 'utf8') === '') await sleep(5)
    const second = await scratch.apply([])
    expect(second).toMatchObject({
      exitCode: 1,
      error: { code: 'locked', message: expect.stringContaining('apply-once') },
    })
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    await over
    rmSync(scratch.path('slow'))
    expect((await applyUnlocked(scratch, 'v1')).exitCode).toBe(0)
  })
})

/** A killed shell's last child may hold the lock for a moment, until the kernel has ended it. */
async function applyUnlocked(scratch: Scratch, version: string) {
  for (;;) {
    const report = await scratch.apply(interruptedItems(scratch.folder, version))
    if (report.error?.code !== 'locked') return report
    await sleep(20)
  }
}

function isAt(scratch: Scratch, name: string, version: string): boolean {
  const path = scratch.path(name)
  return existsSync(path) && readFileSync(path, 'utf8').startsWith(`${version} `)
}
