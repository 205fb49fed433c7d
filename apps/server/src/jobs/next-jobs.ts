import type { JobLock } from './job-definition.ts'

export interface Lockable {
  readonly locks: readonly JobLock[]
}

export interface Waiting extends Lockable {
  /** It may work for minutes or hours. */
  readonly takesLong?: boolean
}

/**
 * Which of the queued jobs (oldest first) may begin beside the running ones. A job that has to wait lets those behind
 * it pass, but not one that wants what it waits for: else a stream of shared locks would keep an exclusive one out for
 * good. Of those that take long no more than `freeForLong` begin: a server is started while everything is being built.
 */
export function nextJobs<Queued extends Waiting>(
  queued: Iterable<Queued>,
  running: Iterable<Lockable>,
  freeWorkers: number,
  freeForLong: number = freeWorkers,
): Queued[] {
  const taken = new LockTable()
  for (const job of running) taken.add(job)
  const next: Queued[] = []
  let leftForLong = freeForLong
  for (const job of queued) {
    if (next.length >= freeWorkers) break
    const mayBegin = !taken.conflictsWith(job) && (!job.takesLong || leftForLong > 0)
    if (mayBegin) {
      next.push(job)
      if (job.takesLong) leftForLong -= 1
    }
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
