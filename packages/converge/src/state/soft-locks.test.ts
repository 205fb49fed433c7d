import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { file } from '../items/file.ts'
import { itemOf, Scratch } from '../testing/scratch.ts'
import { softLock, softUnlock } from './soft-locks.ts'

describe('a soft lock', () => {
  const items = (scratch: Scratch) => [
    file(scratch.path('a'), { content: 'a' }),
    file(scratch.path('b'), { content: 'b', needs: [`file:${scratch.path('a')}`] }),
    file(scratch.path('c'), { content: 'c' }),
  ]
  const lockA = (scratch: Scratch) =>
    softLock(
      scratch.transport,
      {
        name: 'debugging',
        holder: 'anna',
        seconds: 3600,
        selectors: [`file:${scratch.path('a')}`, 'service:gone'],
        comment: "I'm at it",
      },
      { stateFolder: scratch.stateFolder },
    )

  it("makes others leave its items and what needs them, says whose it is, and isn't a failure; its holder goes on", async () => {
    using scratch = new Scratch()
    await lockA(scratch)
    const report = await scratch.apply(items(scratch), { holder: 'ben' })
    expect(report).toMatchObject({ exitCode: 0, counts: { fixed: 1, skipped: 2 } })
    expect(itemOf(report, `file:${scratch.path('a')}`)).toMatchObject({
      reason: 'soft-locked',
      because: 'debugging of anna',
      message: "I'm at it",
    })
    expect(itemOf(report, `file:${scratch.path('b')}`).reason).toBe('dependency-skipped')
    expect((await scratch.apply(items(scratch), { holder: 'anna' })).counts).toMatchObject({
      ok: 1,
      fixed: 2,
    })
  })

  it('ends when it is taken away or has run out', async () => {
    using scratch = new Scratch()
    await lockA(scratch)
    await softUnlock(scratch.transport, 'debugging', { stateFolder: scratch.stateFolder })
    expect((await scratch.apply(items(scratch), { only: [`file:${scratch.path('a')}`] })).counts.fixed).toBe(
      1,
    )
    writeFileSync(join(scratch.stateFolder, 'locks/old'), `1000\nanna\nfile:${scratch.path('c')}\nlong ago\n`)
    expect((await scratch.apply(items(scratch))).counts).toMatchObject({ fixed: 2, skipped: 0 })
  })

  it('with a name or selector that is none is refused', () => {
    using scratch = new Scratch()
    expect(() => softUnlock(scratch.transport, '../x')).toThrow('no usable name')
    const lock = { name: 'x', holder: 'a', seconds: 1, comment: '' }
    expect(() => softLock(scratch.transport, { ...lock, selectors: ['file:/a b'] })).toThrow('selectors')
  })
})
