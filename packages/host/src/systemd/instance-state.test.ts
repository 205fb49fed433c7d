import { describe, expect, it, test } from 'vitest'
import { type InstanceFacts, instanceStatusOf } from './instance-state.ts'
import { type BothUnits, replay } from './testing/recorded-signals.ts'
import { type UnitState, unloadedState } from './units/unit-state.ts'

const told: Pick<
  InstanceFacts,
  'instanceId' | 'startAtBoot' | 'problem' | 'diskLimit' | 'refusal' | 'consoleLines'
> = {
  instanceId: 1,
  startAtBoot: false,
  problem: null,
  diskLimit: null,
  refusal: null,
  consoleLines: [],
}

const statusOf = (units: BothUnits, more: Partial<InstanceFacts> = {}) =>
  instanceStatusOf({ ...told, ...units, ...more })

/** Each status as one line, without those that only a reader of systemd's states would tell apart. */
function story(scenario: string): string[] {
  const lines = replay(scenario).map(units => {
    const { phase, restarts, reason, lastExit, pid } = statusOf(units)
    const exit = lastExit ? (lastExit.signal ?? String(lastExit.code)) : '-'
    return [phase, `restarts ${restarts}`, pid === null ? '-' : 'pid', reason?.code ?? '-', exit].join(', ')
  })
  return lines.filter((line, index) => line !== lines[index - 1])
}

const last = (scenario: string): BothUnits => {
  const units = replay(scenario).at(-1)
  if (!units) throw new RangeError('nothing')
  return units
}

describe('what systemd said', () => {
  test.each([
    [
      'start and stop',
      [
        'stopped, restarts 0, -, -, -',
        'running, restarts 0, pid, -, -',
        'stopping, restarts 0, pid, -, -',
        'stopped, restarts 0, -, -, SIGINT',
      ],
    ],
    [
      'a crash and a restart',
      [
        'stopped, restarts 0, -, -, -',
        'running, restarts 0, pid, -, -',
        'restarting, restarts 0, -, crashed, SIGSEGV',
        'restarting, restarts 1, -, crashed, SIGSEGV',
        'running, restarts 1, pid, -, SIGSEGV',
        'restarting, restarts 1, -, crashed, SIGSEGV',
        'restarting, restarts 2, -, crashed, SIGSEGV',
      ],
    ],
    [
      'crashes up to the limit',
      [
        'stopped, restarts 0, -, -, -',
        'running, restarts 0, pid, -, -',
        ...[0, 1, 2, 3].flatMap(restarts => [
          `restarting, restarts ${restarts}, -, crashed, 7`,
          `restarting, restarts ${restarts + 1}, -, crashed, 7`,
          `running, restarts ${restarts + 1}, pid, -, 7`,
        ]),
        'restarting, restarts 4, -, crashed, 7',
        'failed, restarts 4, -, start-limit, 7',
      ],
    ],
    [
      'a stop while it waits for its restart',
      [
        'stopped, restarts 0, -, -, -',
        'running, restarts 0, pid, -, -',
        'restarting, restarts 0, -, crashed, SIGSEGV',
        'stopped, restarts 0, -, -, SIGSEGV',
      ],
    ],
    [
      // Which ended with systemd's own status 203: the program had not been executed yet.
      'a stop while its restart begins',
      [
        'stopped, restarts 0, -, -, -',
        'running, restarts 0, pid, -, -',
        'restarting, restarts 0, -, crashed, SIGSEGV',
        'restarting, restarts 1, -, crashed, SIGSEGV',
        'stopping, restarts 1, pid, -, SIGSEGV',
        'stopped, restarts 1, -, -, 203',
        'stopped, restarts 0, -, -, 203',
      ],
    ],
    [
      'a stop by force',
      [
        'stopped, restarts 0, -, -, -',
        'running, restarts 0, pid, -, -',
        'stopping, restarts 0, pid, -, -',
        'stopped, restarts 0, -, -, SIGKILL',
      ],
    ],
    ['a mount that fails', ['stopped, restarts 0, -, -, -', 'failed, restarts 0, -, mount-failed, -']],
    [
      'no sign of life',
      [
        'stopped, restarts 0, -, -, -',
        'running, restarts 0, pid, -, -',
        'restarting, restarts 0, -, hung, -',
        'restarting, restarts 0, -, hung, SIGABRT',
        'restarting, restarts 1, -, hung, SIGABRT',
        'running, restarts 1, pid, -, SIGABRT',
      ],
    ],
    [
      'a stop by root, of the server alone',
      [
        'stopped, restarts 0, -, -, -',
        'running, restarts 0, pid, -, -',
        'stopping, restarts 0, pid, -, -',
        'stopped, restarts 0, -, -, SIGINT',
      ],
    ],
  ])('of %s is told as what it is', (scenario, expected) => {
    expect(story(scenario)).toEqual(expected)
  })
})

describe('a running server', () => {
  it('has the process and the times that systemd tells', () => {
    const units = replay('start and stop').find(({ server }) => server.unit.activeState === 'active')
    const { invocationId, activeEnter } = units?.server.unit ?? {}
    const { mainPid, mainStartedAt } = units?.server.service ?? {}
    expect(units && statusOf(units)).toEqual({
      instanceId: 1,
      phase: 'running',
      since: Math.floor(activeEnter ?? 0),
      pid: mainPid,
      processStart: invocationId,
      startedAt: Math.floor(mainStartedAt ?? 0),
      restarts: 0,
      restartAt: null,
      startAtBoot: false,
      reason: null,
      lastExit: null,
    })
  })

  it('has not failed, whatever older reports say', () => {
    const units = replay('start and stop').find(({ server }) => server.unit.activeState === 'active')
    const at = Date.now() + 1e9
    const reason = { code: 'mount-failed', message: 'old', remedy: null } as const
    expect(units && statusOf(units, { refusal: { reason, at } })).toMatchObject({
      phase: 'running',
      reason: null,
    })
  })
})

describe('a wait for a restart', () => {
  const waiting = replay('a stop while it waits for its restart').find(
    ({ server }) => server.unit.subState === 'auto-restart',
  ) as BothUnits

  it('ends as long after its beginning as systemd says', () => {
    const server = { ...waiting.server, restartDelay: 5000 }
    const { since, restartAt } = statusOf({ ...waiting, server })
    expect(restartAt).toBe(Math.round((waiting.server.unit.inactiveExit ?? 0) + 5000))
    expect((restartAt ?? 0) - since).toBeLessThan(5100)
    expect(statusOf(waiting).restartAt).toBeNull()
  })

  it('quotes what the console said last', () => {
    const consoleLines = ['Loading', 'FATAL ERROR (shutting down): Model missing']
    expect(statusOf(waiting, { consoleLines }).reason).toEqual({
      code: 'crashed',
      message:
        'The server was ended by SIGSEGV. Its console said: “FATAL ERROR (shutting down): Model missing”',
      remedy: null,
    })
  })

  // No control group of a container has a memory limit: `Result=oom-kill`, killed by SIGKILL, is what a machine has.
  const outOfMemory = { result: 'oom-kill', mainCode: 2, mainStatus: 9, startedAt: 1, at: 2 }

  it('tells of a game that used too much memory', () => {
    const server: UnitState = { ...waiting.server, lastRun: outOfMemory }
    expect(statusOf({ ...waiting, server })).toMatchObject({
      phase: 'restarting',
      reason: { code: 'out-of-memory', remedy: expect.any(String) },
      lastExit: { signal: 'SIGKILL' },
    })
  })

  it('tells of that also when it was one time too many', () => {
    const { server, overlay } = last('crashes up to the limit')
    const { reason } = statusOf({ server: { ...server, lastRun: outOfMemory }, overlay })
    expect(reason).toMatchObject({ code: 'start-limit' })
    expect(reason?.message).toContain('the last time it used more memory than it may')
  })
})

describe('a server that does not run', () => {
  const atRest: BothUnits = { server: unloadedState, overlay: unloadedState }
  const refusal = {
    reason: { code: 'program-missing', message: "The game isn't installed.", remedy: 'Install it.' },
    at: 1_800_000_000_000,
  } as const
  const problem = { code: 'mount-failed', message: 'The layers are busy.', remedy: 'Wait.' } as const

  it('is stopped when nothing else is known of it', () => {
    expect(statusOf(atRest)).toMatchObject({ phase: 'stopped', since: 0, lastExit: null, reason: null })
  })

  it('has failed with the reason for which its start was refused', () => {
    expect(statusOf(atRest, { refusal })).toMatchObject({
      phase: 'failed',
      since: refusal.at,
      reason: refusal.reason,
    })
  })

  it('is stopped when it ran since it was refused', () => {
    const units = last('start and stop')
    const before = (units.server.unit.inactiveEnter ?? 0) - 1000
    expect(statusOf(units, { refusal: { ...refusal, at: before } })).toMatchObject({ phase: 'stopped' })
    const after = (units.server.unit.inactiveEnter ?? 0) + 1000
    expect(statusOf(units, { refusal: { ...refusal, at: after } })).toMatchObject({ phase: 'failed' })
  })

  it('has failed when root stopped it for the disk', () => {
    const diskLimit = { message: 'It took 20 GB.', remedy: 'Reset it.', at: 5 }
    expect(statusOf(last('start and stop'), { diskLimit })).toMatchObject({
      phase: 'failed',
      since: 5,
      reason: { code: 'disk-limit', message: 'It took 20 GB.', remedy: 'Reset it.' },
    })
  })

  test.each([
    ['mount-failed', 'mount-failed'],
    ['busy', 'mount-failed'],
    ['program-missing', 'program-missing'],
    ['disk-full', 'disk-limit'],
    ['bad-environment', 'mount-failed'],
  ] as const)('has failed with root’s words when its layers could not be mounted: %s', (code, expected) => {
    const { reason } = statusOf(last('a mount that fails'), { problem: { ...problem, code } })
    expect(reason).toEqual({ code: expected, message: problem.message, remedy: problem.remedy })
  })

  it('is not failed by an old report once its layers are at rest', () => {
    expect(statusOf(last('start and stop'), { problem })).toMatchObject({ phase: 'stopped', reason: null })
  })
})
