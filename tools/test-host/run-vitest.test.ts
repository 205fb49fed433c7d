import { describe, expect, it } from 'vitest'
import { runVitest } from './run-vitest.ts'

/** Runs a shell instead of a Vitest that leaves `text`. */
const ending = (script: string, text: string) =>
  runVitest(['sh', '-c', script], { PATH: process.env['PATH'] }, async () => text)

describe('a run of Vitest', () => {
  it('comes to the counts that it left', async () => {
    const text = '{"passed":3,"failed":1,"skipped":2}'
    expect(await ending('exit 1', text)).toEqual({ passed: 3, failed: 1, skipped: 2 })
  })

  it('has failed when it failed although no test did', async () => {
    const text = '{"passed":3,"failed":0,"skipped":2}'
    expect(await ending('exit 1', text)).toEqual({ passed: 3, failed: 1, skipped: 2 })
    expect(await ending('exit 0', text)).toEqual({ passed: 3, failed: 0, skipped: 2 })
  })

  it('has failed when it was killed before it left anything, or left nonsense', async () => {
    expect(await ending('kill -9 $$', '')).toEqual({ passed: 0, failed: 1, skipped: 0 })
    expect(await ending('exit 1', '{"passed":"3"}')).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  it('has failed when it ended well and left nothing', async () => {
    expect(await ending('exit 0', '')).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })
})
