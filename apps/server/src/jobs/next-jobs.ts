import type { JobLock } from './job-definition.ts'

export interface Lockable {
  readonly locks: readonly JobLock[]
}

/**
 * Which of the queued jobs (oldest first) may begin beside the running ones. A job that has to wait lets those behind
 * it pass, but not one that wants what it waits for: else a stream of shared locks would keep an exclusive one out for
 * good.
 */
export function nextJobs<Queued extends Lockable>(
  queued: Iterable<Queued>,
  running: Iterable<Lockable>,
  freeWorkers: number,
): Queued[] {
  const taken = new LockTable()
  for (const job of running) taken.add(job)
  const next: Queued[] = []
  for (const job of queued) {
    if (next.length >= freeWorkers) break
    if (!taken.conflictsWith(job)) next.push(job)
    taken.add(job)
  }
  return next
}

class LockTable {
  readonly #modes = new Map<string, JobLock['mode']>()

  add({ locks }: Lockable): void {
    for (const { scope, mode } of locks) {
      if (this.#modes.get(scope) !== 'exclusive') this.#modes.set(scope, mode)
    }
  }

  conflictsWith({ locks }: Lockable): boolean {
    return locks.some(({ scope, mode }) => {
      const held = this.#modes.get(scope)
      return held !== undefined && (held === 'exclusive' || mode === 'exclusive')
    })
  }
}
