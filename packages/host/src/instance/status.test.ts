import { describe, expect, it, test } from 'vitest'
import { HostError } from '../host-error.ts'
import { parseStatus } from './status.ts'

const status = {
  instanceId: 3,
  phase: 'failed',
  since: 5,
  pid: null,
  processStart: null,
  startedAt: null,
  restarts: 4,
  restartAt: null,
  startAtBoot: true,
  reason: { code: 'start-limit', message: 'x', remedy: null },
  lastExit: { code: null, signal: 'SIGSEGV', at: 4 },
}

describe('a status', () => {
  it('comes through as it was sent', () => {
    expect(parseStatus(JSON.parse(JSON.stringify(status)), 'status')).toEqual(status)
  })

  test.each([
    { phase: 'sleeping' },
    { since: -1 },
    { pid: 'x' },
    { startAtBoot: 1 },
    { reason: { code: 'other', message: '', remedy: null } },
    { lastExit: { code: 300, signal: null, at: 0 } },
  ])('is refused with %j', wrong => {
    expect(() => parseStatus({ ...status, ...wrong }, 'status')).toThrow(HostError)
  })
})
