import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { runParts } from './run-parts.ts'

const one = { passed: 1, failed: 0, skipped: 0 }

describe('the parts of a suite', () => {
  it('run one after the other in a lane, and beside those of another', async () => {
    const course: string[] = []
    const slow = Promise.withResolvers<void>()
    const counts = await runParts([['inside', 'container'], ['machine']], async part => {
      course.push(`${part} begins`)
      if (part === 'machine') slow.resolve()
      else await slow.promise
      await setImmediate()
      course.push(`${part} ends`)
      return one
    })
    expect(counts).toEqual({ passed: 3, failed: 0, skipped: 0 })
    expect(course.slice(0, 2)).toEqual(['inside begins', 'machine begins'])
    expect(course.indexOf('container begins')).toBeGreaterThan(course.indexOf('inside ends'))
  })

  it('count as one failure each that could not be run, and the others run all the same', async () => {
    const counts = await runParts([['inside', 'container']], part =>
      part === 'inside' ? Promise.reject(new Error('no container')) : Promise.resolve(one),
    )
    expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 })
  })

  it('have failed when somebody ended the run before all of them had begun', async () => {
    let interrupted = false
    const counts = await runParts(
      [['inside', 'container']],
      async () => {
        interrupted = true
        return one
      },
      () => interrupted,
    )
    expect(counts).toEqual({ passed: 1, failed: 1, skipped: 0 })
  })
})
