import fc from 'fast-check'
import { expect, it } from 'vitest'
import { HelperError } from '../helper-error.ts'
import { scriptOutcomes } from '../reports/script-report.ts'
import { describeScript, refuseScript, resultProperties } from './script-result.ts'

const describe = (
  properties: Record<string, string>,
  more: { cancelled?: boolean; diskLimit?: string } = {},
) =>
  describeScript({
    properties: new Map(
      Object.entries({
        LoadState: 'loaded',
        ExecMainCode: '1',
        ExecMainStatus: '0',
        MemoryPeak: '[not set]',
        CPUUsageNSec: '1500000000',
        ...properties,
      }),
    ),
    cancelled: more.cancelled ?? false,
    diskLimit: more.diskLimit === undefined ? null : { message: more.diskLimit, remedy: 'Keep less.', at: 1 },
  })

it.each([
  [
    { Result: 'success', MemoryPeak: '4096' },
    { outcome: 'succeeded', exitCode: 0, memoryPeakBytes: 4096, cpuSeconds: 1.5 },
  ],
  [
    { Result: 'exit-code', ExecMainStatus: '3' },
    { outcome: 'failed', exitCode: 3, memoryPeakBytes: null },
  ],
  [
    { Result: 'exit-code', ExecMainStatus: '137' },
    { outcome: 'failed', message: 'It ended with exit code 137 (as after SIGKILL).' },
  ],
  [
    { Result: 'signal', ExecMainCode: '2', ExecMainStatus: '9' },
    { outcome: 'killed', signal: 9, message: 'It was killed by SIGKILL.' },
  ],
  [
    { Result: 'core-dump', ExecMainCode: '3', ExecMainStatus: '11' },
    { outcome: 'killed', signal: 11 },
  ],
  [
    { Result: 'timeout', ExecMainCode: '2', ExecMainStatus: '15' },
    { outcome: 'timeout', signal: null },
  ],
  [{ Result: 'oom-kill', ExecMainCode: '2', ExecMainStatus: '9' }, { outcome: 'out-of-memory' }],
  [{ Result: 'success', ExecMainCode: '0' }, { outcome: 'not-started' }],
  [{ Result: 'exit-code', ExecMainCode: '0' }, { outcome: 'not-started' }],
  [{ Result: 'resources', ExecMainCode: '0' }, { outcome: 'not-started' }],
  [{ Result: 'success', LoadState: 'not-found' }, { outcome: 'not-started' }],
  [{ MemoryPeak: '18446744073709551615' }, { memoryPeakBytes: null }],
])('%j is %j', (properties, report) => {
  expect(describe(properties)).toMatchObject(report)
})

it('who ended it counts more than how it ended', () => {
  const ended = { Result: 'exit-code', ExecMainStatus: '143' }
  expect(describe(ended)).toMatchObject({ outcome: 'failed' })
  expect(describe(ended, { cancelled: true })).toMatchObject({ outcome: 'cancelled' })
  expect(describe(ended, { cancelled: true, diskLimit: 'Too much.' })).toMatchObject({
    outcome: 'disk-limit',
    message: 'Too much.',
    remedy: 'Keep less.',
  })
})

it('a run that could not be prepared says why, and a mistake of ours is thrown on', () => {
  const error = new HelperError('busy', 'It runs.', { remedy: 'Wait.' })
  expect(refuseScript(error)).toMatchObject({ outcome: 'not-started', message: 'It runs.', remedy: 'Wait.' })
  expect(() => refuseScript(new TypeError('oops'))).toThrow('oops')
})

it('whatever systemd says, there is a report', () => {
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('', '0', '1', 'success', 'loaded', 'exit-code', 'signal'),
  )
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...resultProperties), value), properties => {
      const report = describeScript({
        properties: new Map(Object.entries(properties)),
        cancelled: false,
        diskLimit: null,
      })
      expect(scriptOutcomes).toContain(report.outcome)
      if (report.outcome === 'succeeded')
        expect(properties).toMatchObject({ LoadState: 'loaded', Result: 'success' })
    }),
  )
})
