import { HelperError } from '../helper-error.ts'
import { formatProblem } from '../reports/problem-report.ts'
import { replaceRootFile } from '../root-files/root-file.ts'
import type { ServerPlaces } from './server-places.ts'

/** Leaves the reason of a failure where the driver looks for it, and returns the failure. */
export function reportProblem(places: ServerPlaces, error: unknown): HelperError {
  const failure =
    error instanceof HelperError
      ? error
      : new HelperError('mount-failed', error instanceof Error ? error.message : String(error), {
          remedy: 'See what the kernel says; as root: journalctl -k -n 20',
          cause: error,
        })
  try {
    replaceRootFile(places.problem, formatProblem(failure.problem()), 0o644)
  } catch {
    // The reason matters more than its note: it still goes to stderr, hence to the journal.
  }
  return failure
}
