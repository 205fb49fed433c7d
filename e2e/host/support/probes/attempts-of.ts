import type { Bed } from '../bed.ts'
import { type Guard, guarded, permitted } from '../guarded.ts'
import type { Answer } from './vantage.ts'

/** Words of a request; a function where they are known only when the bed runs. */
type Request = readonly string[] | (() => Promise<readonly string[]>)

interface Attempts {
  /** An attempt that the guard must refuse. */
  refuses(attempt: string, guard: Guard, request: Request): void
  /** One that must succeed, and that the setting which `guard` puts in place would refuse. */
  permits(attempt: string, guard: Guard, request: Request): void
}

/** Registers guarded attempts that are all made from one place. `make` starts what it is made from, then makes it. */
export function attemptsOf(
  place: string,
  bed: () => Bed,
  make: (request: readonly string[]) => Promise<Answer>,
): Attempts {
  const described = (attempt: string, guard: Guard, request: Request) => ({
    attempt: `${place} ${attempt}`,
    guard,
    bed,
    probe: async () => await make(typeof request === 'function' ? await request() : request),
  })
  return {
    refuses: (attempt, guard, request) => guarded(described(attempt, guard, request)),
    permits: (attempt, guard, request) => permitted(described(attempt, guard, request)),
  }
}
