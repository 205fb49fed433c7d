import { expect, test } from 'vitest'
import { decideSwitch, type SwitchInputs } from './switch-decision.ts'

const at = (time: string) => Date.parse(`2026-05-01T${time}Z`)
const minute = 60_000

const inputs = (more: Partial<SwitchInputs> = {}): SwitchInputs => ({
  policy: { mode: 'when-empty', time: null },
  emptyFor: 2 * minute,
  emptyAtLeast: minute,
  now: at('12:00:00'),
  lastAttempt: null,
  retryAfter: 5 * minute,
  ...more,
})
const nightly = { mode: 'at-time', time: '23:55' } as const

test('an empty server changes over when nobody has played for a minute, not before, and never unknowing', () => {
  expect(decideSwitch(inputs())).toEqual({ kind: 'switch' })
  expect(decideSwitch(inputs({ emptyFor: minute - 1 }))).toMatchObject({ kind: 'wait' })
  expect(decideSwitch(inputs({ emptyFor: null }))).toEqual({ kind: 'wait', reason: 'nobody to play' })
})

test.each([
  ['23:54:59', 'wait'],
  ['23:55:00', 'switch'],
  ['23:59:59', 'switch'],
  // Over midnight.
  ['00:04:59', 'switch'],
  ['00:05:00', 'wait'],
  ['12:00:00', 'wait'],
])('a nightly one of 23:55 is looked at at %s: %s', (time, kind) => {
  expect(decideSwitch(inputs({ policy: nightly, now: at(time) }))).toMatchObject({ kind })
})

test('a nightly one that is played on waits for the next night', () => {
  const decision = decideSwitch(inputs({ policy: nightly, now: at('23:56:00'), emptyFor: null }))
  expect(decision).toMatchObject({ kind: 'wait' })
})

test('a server that is never to change by itself doesn’t, however empty it is', () => {
  expect(decideSwitch(inputs({ policy: { mode: 'never', time: null } }))).toMatchObject({ kind: 'wait' })
})

test.each([
  ['queued', null, 'wait'],
  ['running', null, 'wait'],
  ['failed', at('01:00:00'), 'wait'],
  ['cancelled', at('01:00:00'), 'wait'],
  // It found somebody who plays: that isn't tried at each look.
  ['succeeded', at('11:58:00'), 'wait'],
  ['succeeded', at('11:50:00'), 'switch'],
] as const)('an attempt before that is %s: %s', (state, finishedAt, kind) => {
  expect(decideSwitch(inputs({ lastAttempt: { state, finishedAt } }))).toMatchObject({ kind })
})
