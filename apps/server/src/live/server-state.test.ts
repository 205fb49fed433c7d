import { jobKinds, powerActions, whyNot } from '@left4me/contract'
import { instancePhases } from '@left4me/host'
import { describe, expect, test } from 'vitest'
import { type StateInputs, stateOf } from './server-state.ts'

const idle: StateInputs = {
  status: { phase: 'stopped', since: 1_000_000, reason: null, restartAt: null },
  job: null,
  restartStep: 'stopping',
  ready: false,
  failure: null,
  complaint: null,
  installing: false,
  damage: null,
}
const job = (kind: (typeof jobKinds)[number], more: object = {}) =>
  ({ kind, state: 'running', cancelRequested: false, ...more }) as const
const phase = (name: (typeof instancePhases)[number], more: object = {}) => ({
  ...idle.status,
  phase: name,
  ...more,
})
const failure = { code: 'never-ready', message: 'It never answered.', remedy: 'Look at its log.' }

describe('the state of a server', () => {
  test.each<[string, Partial<StateInputs>, string, string | null]>([
    ['nothing runs', {}, 'stopped', null],
    ['a start waits', { job: job('server-start', { state: 'queued' }) }, 'starting', null],
    ['a start runs', { job: job('server-start'), status: phase('running') }, 'starting', null],
    ['a start is being cancelled', { job: job('server-start', { cancelRequested: true }) }, 'stopping', null],
    [
      'a stop waits',
      { job: job('server-stop', { state: 'queued' }), status: phase('running') },
      'stopping',
      null,
    ],
    ['a restart stops first', { job: job('server-restart'), status: phase('running') }, 'stopping', null],
    ['a restart starts then', { job: job('server-restart'), restartStep: 'starting' }, 'starting', null],
    ['the process answered', { status: phase('running'), ready: true }, 'running', null],
    ['the process has yet to answer', { status: phase('running') }, 'starting', null],
    ['it complains', { status: phase('running'), ready: true, complaint: failure }, 'running', 'never-ready'],
    ['it is being stopped from outside', { status: phase('stopping') }, 'stopping', null],
    ['the last start failed', { failure }, 'failed', 'never-ready'],
    ['it runs after a failed start', { failure, status: phase('running'), ready: true }, 'running', null],
    ['the game is being installed', { installing: true, failure }, 'installing', null],
    [
      'it runs while an update waits',
      { installing: true, status: phase('running'), ready: true },
      'running',
      null,
    ],
    ['its row is damaged', { damage: 'Row 3 is damaged.' }, 'failed', 'corrupt-row'],
    [
      'it crashed too often',
      { status: phase('failed', { reason: { code: 'start-limit', message: 'x', remedy: null } }) },
      'failed',
      'start-limit',
    ],
    ['it failed and nobody knows why', { status: phase('failed') }, 'failed', 'crashed'],
    ['its upper is being emptied', { job: job('server-reset') }, 'stopped', null],
  ])('when %s', (_, inputs, state, reason) => {
    expect(stateOf({ ...idle, ...inputs })).toMatchObject({
      state,
      reason: reason === null ? null : { code: reason },
    })
  })

  test('says after a crash when it restarts, in a sentence that stays the same', () => {
    const status = phase('restarting', {
      restartAt: 1_005_000,
      reason: { code: 'crashed', message: 'It crashed with signal SIGSEGV', remedy: null },
    })
    expect(stateOf({ ...idle, status })).toEqual({
      state: 'starting',
      reason: {
        code: 'crashed',
        message: 'It crashed with signal SIGSEGV. It restarts in 5 s.',
        remedy: null,
      },
    })
  })

  test('always leaves one power action, whatever comes together', () => {
    const jobs = [null, ...jobKinds.map(kind => job(kind))]
    for (const name of instancePhases) {
      for (const each of jobs) {
        for (const installing of [false, true]) {
          const { state } = stateOf({ ...idle, status: phase(name), job: each, installing })
          const allowed = powerActions.filter(action => whyNot(action, state) === null)
          if (state !== 'stopping') expect(allowed).not.toEqual([])
        }
      }
    }
  })
})
