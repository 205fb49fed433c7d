import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { HostError } from '../../host-error.ts'
import { parseFromSupervisor, parseRequest, parseSpecification, parseStatus } from './protocol.ts'

const specification = {
  instanceId: 3,
  port: 27017,
  arguments: ['+map', 'c1m1_hotel'],
  layers: [{ overlayId: 1, revision: 2 }],
}

const status = {
  instanceId: 3,
  phase: 'failed',
  since: 5,
  pid: null,
  processStart: null,
  startedAt: null,
  restarts: 4,
  restartAt: null,
  reason: { code: 'start-limit', message: 'x', remedy: null },
  lastExit: { code: null, signal: 'SIGSEGV', at: 4 },
}

describe('a specification', () => {
  it('is taken as it is, without members that it does not have', () => {
    expect(parseSpecification({ ...specification, extra: 1 })).toEqual(specification)
  })

  test.each([
    ['nothing', null],
    ['a list', []],
    ['a fraction as id', { ...specification, instanceId: 1.5 }],
    ['a text as port', { ...specification, port: '27015' }],
    ['a port that is too high', { ...specification, port: 65536 }],
    ['arguments that are one text', { ...specification, arguments: '+map' }],
    ['an argument with a line break', { ...specification, arguments: ['a\nb'] }],
    ['an argument that is too long', { ...specification, arguments: ['x'.repeat(2000)] }],
    ['500 layers', { ...specification, layers: Array.from({ length: 500 }, () => specification.layers[0]) }],
    ['a layer by path', { ...specification, layers: [{ overlayId: '../1', revision: 1 }] }],
  ])('is refused with %s', (_, value) => {
    expect(() => parseSpecification(value)).toThrow(HostError)
  })
})

test('whatever else comes in is refused, never taken for a request', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      expect(() => parseRequest(value)).toThrow()
      expect(() => parseFromSupervisor(value)).toThrow()
    }),
  )
})

describe('a status', () => {
  it('comes through as it was sent', () => {
    expect(parseStatus(JSON.parse(JSON.stringify(status)), 'status')).toEqual(status)
  })

  test.each([
    { phase: 'sleeping' },
    { since: -1 },
    { pid: 'x' },
    { reason: { code: 'other', message: '', remedy: null } },
    { lastExit: { code: 300, signal: null, at: 0 } },
  ])('is refused with %j', wrong => {
    expect(() => parseStatus({ ...status, ...wrong }, 'status')).toThrow(HostError)
  })
})
