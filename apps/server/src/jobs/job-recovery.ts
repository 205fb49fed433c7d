import type { JobError } from '@left4me/contract'
import { CorruptRowError } from '../db/json-column.ts'
import { isJobKind, type JobRow, type OpenJob, parseOpenJob } from './job-rows.ts'

/** A job that brought the web application down this often isn't tried again. */
export const maximumAttempts = 3

export type Recovery =
  | { readonly action: 'queue'; readonly job: OpenJob }
  | { readonly action: 'cancel'; readonly job: OpenJob }
  /** `job` is null when its row can't be read. */
  | { readonly action: 'fail'; readonly job: OpenJob | null; readonly error: JobError }

/** What becomes of a queued or running job that an earlier life of the web application left behind. */
export function recoveryOf(row: JobRow): Recovery {
  let job: OpenJob
  try {
    job = parseOpenJob(row)
  } catch (error) {
    if (!(error instanceof CorruptRowError)) throw error
    const remedy = 'Start it again by hand.'
    return { action: 'fail', job: null, error: { code: error.code, message: error.message, remedy } }
  }
  if (!isJobKind(row.kind)) {
    const message = `This version of left4me has no job of the kind ${String(row.kind)}.`
    return { action: 'fail', job: null, error: { code: 'unknown-kind', message, remedy: null } }
  }
  if (row.state === 'queued') return { action: 'queue', job }
  if (row.cancel_requested === 1) return { action: 'cancel', job }
  if (row.attempt < maximumAttempts) return { action: 'queue', job }
  return {
    action: 'fail',
    job,
    error: {
      code: 'interrupted',
      message: `left4me ended ${row.attempt} times while this job ran, so that it is not tried again.`,
      remedy: 'Look into the log of left4me, then start it again by hand.',
    },
  }
}
