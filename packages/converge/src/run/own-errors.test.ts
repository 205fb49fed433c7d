import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { action } from '../items/action.ts'
import { file } from '../items/file.ts'
import { Secret } from '../secrets/secret.ts'
import { itemOf, Scratch, statusOf } from '../testing/scratch.ts'

/** A first file, an action that reads what `input` gives, and a file that needs the action. */
function items(scratch: Scratch, input: () => string) {
  return [
    file(scratch.path('first'), { content: 'x', triggers: ['action:after'] }),
    action('fetch', { command: 'cat', input, stamp: [], needs: [`file:${scratch.path('first')}`] }),
    file(scratch.path('needing'), { content: 'x', needs: ['action:fetch'] }),
    file(scratch.path('beside'), { content: 'x', after: ['action:fetch'] }),
    action('after', { command: 'true', triggered: true, after: ['action:fetch'] }),
  ]
}

describe('an error on this side', () => {
  it('of what one item needs fails that item, with what to do, and all else goes on', async () => {
    using scratch = new Scratch()
    const unreachable = Object.assign(new Error('The registry is not reached.'), { remedy: 'Try again.' })
    const report = await scratch.apply(
      items(scratch, () => {
        throw unreachable
      }),
    )
    expect(itemOf(report, 'action:fetch')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('The registry is not reached. Try again.'),
    })
    expect(report).toMatchObject({ exitCode: 1, pending: [], counts: { fixed: 3, skipped: 1, failed: 1 } })
    expect(itemOf(report, `file:${scratch.path('needing')}`).reason).toBe('dependency-failed')
    expect(readFileSync(scratch.path('beside'), 'utf8')).toBe('x')
  })

  it('in the middle of a run ends it with a report of what was done', async () => {
    using scratch = new Scratch()
    const report = await scratch.apply(items(scratch, () => scratch.path('gone')))
    expect(report).toMatchObject({
      exitCode: 1,
      error: { code: 'failed-here', message: expect.stringContaining('ENOENT') },
      counts: { fixed: 1, skipped: 4 },
    })
    expect(statusOf(report, `file:${scratch.path('first')}`)).toBe('fixed')
    expect(report.pending).toEqual(['action:after'])
  })

  it('that is one of a secret comes before anything is written', async () => {
    using scratch = new Scratch()
    const locked = new Secret('password', () => {
      throw new Error('The key can be read by others.')
    })
    const first = file(scratch.path('first'), { content: 'x' })
    const secret = file(scratch.path('secret'), { content: locked, needs: [first.id] })
    await expect(scratch.apply([first, secret])).rejects.toThrow('The key can be read by others.')
    expect([existsSync(scratch.path('first')), existsSync(scratch.stateFolder)]).toEqual([false, false])
  })
})
