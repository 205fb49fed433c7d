import { describe, expect, it } from 'vitest'
import { runSteps, summary } from './run-steps.ts'

const run = (...commands: string[]) =>
  runSteps(
    commands.map((command, index) => ({ name: `step ${index + 1}`, command: ['sh', '-c', command] })),
    { root: '/', bin: '/bin', onResult: () => {} },
  )

describe('the steps of the check', () => {
  it('all run, also after one that fails, and keep what each printed on both streams', () => {
    const results = run('echo out; echo err >&2; exit 3', 'true')
    expect(results.map(({ passed, output }) => ({ passed, output }))).toEqual([
      { passed: false, output: 'out\nerr' },
      { passed: true, output: '' },
    ])
  })

  it('fail when their program is missing or is killed', () => {
    const [missing] = runSteps([{ name: 'missing', command: ['no-such-program'] }], {
      root: '/',
      bin: '/bin',
      onResult: () => {},
    })
    expect(missing).toMatchObject({ passed: false, output: expect.stringContaining('ENOENT') })
    expect(run('kill -9 $$')[0]).toMatchObject({ passed: false })
  })

  it('are summed up in one line that names those that failed', () => {
    expect(summary(run('true', 'true'))).toBe('check: 2 steps passed')
    expect(summary(run('false', 'true', 'false'))).toBe('check: 2 of 3 steps failed: step 1, step 3')
  })
})
