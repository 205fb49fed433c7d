import type { JobError } from '@left4me/contract'
import { HostError } from '@left4me/host'
import { ProtocolError } from '@left4me/protocols'
import { ProblemError } from '../http/problem-error.ts'
import { JobFailure } from './job-failure.ts'

/** What a failed job tells about its failure; null for an error that nobody expected, which belongs into the log. */
export function expectedJobError(error: unknown): JobError | null {
  if (error instanceof ProblemError) return { code: error.code, message: error.message, remedy: null }
  if (error instanceof JobFailure || error instanceof HostError || error instanceof ProtocolError) {
    return { code: error.code, message: error.message, remedy: error.remedy }
  }
  return null
}

export const unexpectedJobError: JobError = {
  code: 'internal-error',
  message: 'Something went wrong in left4me.',
  remedy: 'The log of left4me says more. Try again, and report it if it happens again.',
}
