import { type ProblemCode, type ProblemField, problems } from '@left4me/contract'

/**
 * An expected refusal on its way to the client. `detail` says what happened and what to do about it; `errors` name the
 * members of the request that are to blame, as JSON pointers.
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: ProblemCode
  readonly errors: readonly ProblemField[]
  /** Seconds, for the Retry-After header. */
  readonly retryAfter: number | null

  constructor(
    code: ProblemCode,
    detail: string,
    options: { errors?: readonly ProblemField[]; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.errors = options.errors ?? []
    this.retryAfter = options.retryAfter ?? null
  }

  get status(): number {
    return problems[this.code]
  }
}

/** A refusal that blames one member of the request: `refuse('port-taken', '/port', 'Port 27015 is …')`. */
export function refuse(code: ProblemCode, path: string, message: string): ProblemError {
  return new ProblemError(code, message, { errors: [{ path, message }] })
}
