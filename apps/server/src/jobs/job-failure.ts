/** What a job's work ran into that no request can: each is shown as the job's error, and as the server's reason. */
export type JobFailureCode =
  /** The game ended while it was starting. */
  | 'crashed'
  /** The host ended it at a limit, or because it did nothing any more. */
  | 'out-of-memory'
  | 'hung'
  | 'disk-limit'
  /** Somebody stopped it on the machine itself. */
  | 'stopped-elsewhere'
  /** It runs, but never answered. */
  | 'never-ready'
  /** Something else on the machine holds the server's port. */
  | 'port-held'
  /** A row that the job needs is damaged. */
  | 'corrupt-row'
  /** It went on running after it was stopped. */
  | 'not-stopped'

/** An expected failure of a job: one sentence that says what happened, and one that says what to do about it. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure'
  readonly code: JobFailureCode
  readonly remedy: string | null

  constructor(code: JobFailureCode, message: string, remedy: string | null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.remedy = remedy
  }
}
