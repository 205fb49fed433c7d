import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JobLock } from './job-definition.ts'
import { nextJobs } from './next-jobs.ts'

const exclusive = (scope: string): JobLock => ({ scope, mode: 'exclusive' })
const shared = (scope: string): JobLock => ({ scope, mode: 'shared' })
const job = (name: string, ...locks: JobLock[]) => ({ name, locks })
const names = (jobs: { name: string }[]) => jobs.map(({ name }) => name)

describe('nextJobs', () => {
  test('lets an unrelated later job pass one that waits', () => {
    const running = [job('running', exclusive('server:1'))]
    const queued = [job('waits', exclusive('server:1')), job('passes', exclusive('server:2'))]
    expect(names(nextJobs(queued, running, 4))).toEqual(['passes'])
  })

  test('lets shared locks of one scope run side by side', () => {
    const queued = [job('a', shared('installation')), job('b', shared('installation'))]
    expect(names(nextJobs(queued, [], 4))).toEqual(['a', 'b'])
  })

  test('does not let later shared locks starve an exclusive one that waits', () => {
    const running = [job('start 1', shared('installation'), exclusive('server:1'))]
    const queued = [
      job('update', exclusive('installation')),
      job('start 2', shared('installation'), exclusive('server:2')),
      job('stop 3', exclusive('server:3')),
    ]
    expect(names(nextJobs(queued, running, 4))).toEqual(['stop 3'])
    expect(names(nextJobs(queued, [], 4))).toEqual(['update', 'stop 3'])
  })

  test('gives work to no more than the free workers, oldest first', () => {
    const queued = ['1', '2', '3'].map(id => job(id, exclusive(`server:${id}`)))
    expect(names(nextJobs(queued, [], 2))).toEqual(['1', '2'])
    expect(nextJobs(queued, [], 0)).toEqual([])
  })

  test('keeps workers free of what takes long, so that others begin behind it', () => {
    const long = (id: string) => ({ ...job(id, exclusive(`overlay:${id}`)), takesLong: true })
    const queued = [long('1'), long('2'), long('3'), job('start', exclusive('server:1'))]
    expect(names(nextJobs(queued, [], 4, 2))).toEqual(['1', '2', 'start'])
    expect(names(nextJobs(queued, [], 4, 0))).toEqual(['start'])
    expect(names(nextJobs(queued, [], 4, -1))).toEqual(['start'])
    // Negative control: without that limit they take all there are.
    expect(names(nextJobs(queued, [], 3))).toEqual(['1', '2', '3'])
  })

  test('never runs two that exclude each other, and always the oldest that can run at all', () => {
    const lock = fc.record({
      scope: fc.constantFrom('installation', 'server:1', 'server:2', 'overlay:1'),
      mode: fc.constantFrom('shared' as const, 'exclusive' as const),
    })
    const jobs = fc.array(fc.record({ locks: fc.array(lock, { maxLength: 3 }) }), { maxLength: 8 })
    fc.assert(
      fc.property(jobs, fc.integer({ min: 1, max: 4 }), (queued, workers) => {
        const next = nextJobs(queued, [], workers)
        for (const [index, one] of next.entries()) {
          for (const other of next.slice(index + 1)) expect(exclude(one, other)).toBe(false)
        }
        expect(next[0]).toBe(queued[0])
        expect(next.length).toBeLessThanOrEqual(workers)
      }),
    )
  })
})

function exclude(one: { locks: readonly JobLock[] }, other: { locks: readonly JobLock[] }): boolean {
  return one.locks.some(a =>
    other.locks.some(b => a.scope === b.scope && (a.mode === 'exclusive' || b.mode === 'exclusive')),
  )
}
