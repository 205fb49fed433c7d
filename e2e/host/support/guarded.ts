import { appendFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Bed } from './bed.ts'

/**
 * What an attempt came to. A probe answers one of the two from what it has seen (an errno, an exit code, a secret read);
 * whatever else happens it throws, since a probe that is broken must not count as refused.
 */
export type Outcome = 'refused' | 'succeeded'

/** One thing that keeps an attempt from succeeding, and how to take it away in a bed. */
export interface Guard {
  /** As the reader finds it in the file: the directive, the check, the line of sudoers. */
  readonly name: string
  /** Takes the guard away, rejects if it wasn't there; disposing puts it back. */
  off(bed: Bed): Promise<AsyncDisposable>
}

/** What is recorded for `npm run test:host -- --controls`, one JSON object a line. */
export interface GuardedResult {
  /** “reads the database from inside a server”. */
  readonly attempt: string
  readonly guard: string
  readonly bed: Bed['kind']
  /** Whether the guard was in place. */
  readonly guarded: boolean
  readonly expected: Outcome
  /** `error`: the probe itself broke. */
  readonly outcome: Outcome | 'error'
}

interface GuardedProbe {
  /** Begins with a verb in the third person and reads on in the tests' names. */
  readonly attempt: string
  readonly guard: Guard
  readonly bed: () => Bed
  /**
   * `detail` says in a failed test what was seen. `inPlace` is whether the guard is: an attempt that needs luck is made
   * until it succeeds without the guard, and so many times with it.
   */
  readonly probe: (
    bed: Bed,
    inPlace: boolean,
  ) => Promise<Outcome | { readonly outcome: Outcome; readonly detail: string }>
  readonly timeoutMs?: number
}

/**
 * Registers two tests: with the guard the attempt must be refused, without it the same attempt must succeed. Each stands
 * by itself, in any order; the guard is put back even when the probe throws.
 */
export function guarded(options: GuardedProbe): void {
  register(options, { withGuard: 'refused', withoutGuard: 'succeeded' })
}

/**
 * The other way round, for what a server needs: with the setting as it is the attempt must succeed, with the setting that
 * one might have chosen instead (which is what `guard.off` puts in its place) it must be refused.
 */
export function permitted(options: GuardedProbe): void {
  register(options, { withGuard: 'succeeded', withoutGuard: 'refused' })
}

function register(
  { attempt, guard, bed, probe, timeoutMs = 240_000 }: GuardedProbe,
  expected: { withGuard: Outcome; withoutGuard: Outcome },
): void {
  const measure = async (on: Bed, inPlace: boolean, outcome: Outcome): Promise<void> => {
    let seen: Outcome | 'error' = 'error'
    let detail = ''
    try {
      const answer = await probe(on, inPlace)
      ;({ outcome: seen, detail } = typeof answer === 'string' ? { outcome: answer, detail } : answer)
    } finally {
      record({ attempt, guard: guard.name, bed: on.kind, guarded: inPlace, expected: outcome, outcome: seen })
    }
    expect(seen, detail).toBe(outcome)
  }

  test(`${attempt}: ${expected.withGuard} with ${guard.name}`, { timeout: timeoutMs }, async () => {
    await measure(bed(), true, expected.withGuard)
  })
  test(`${attempt}: ${expected.withoutGuard} without ${guard.name}`, { timeout: timeoutMs }, async () => {
    const on = bed()
    await using _off = await guard.off(on)
    await measure(on, false, expected.withoutGuard)
  })
}

function record(result: GuardedResult): void {
  const path = process.env['LEFT4ME_GUARDED_RESULTS']
  if (path !== undefined && path !== '') appendFileSync(path, `${JSON.stringify(result)}\n`)
}
