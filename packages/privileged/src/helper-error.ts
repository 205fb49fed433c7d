export const helperProblemCodes = [
  /** instance.env is missing, not a plain file of the service user's, or says something that isn't allowed. */
  'bad-environment',
  'layer-missing',
  /** srcds_run isn't in the merged layers, or isn't a plain executable file. */
  'program-missing',
  'mount-failed',
  /** Somebody holds the mount, the upper is mounted elsewhere, or a script of that overlay runs already. */
  'busy',
  'disk-full',
  /** A link, a foreign owner or a wrong kind of file where root expects its own, or the service's plain, files. */
  'unsafe-path',
  /** systemd refused or failed. */
  'systemd-failed',
] as const
export type HelperProblemCode = (typeof helperProblemCodes)[number]

/** What a helper couldn't do, as it stands in JSON. */
export interface HelperProblem {
  readonly code: HelperProblemCode
  readonly message: string
  readonly remedy: string
}

/** A helper's refusal or failure: one sentence that says what, and one that says what to do about it. */
export class HelperError extends Error {
  override readonly name = 'HelperError'
  readonly code: HelperProblemCode
  readonly remedy: string

  constructor(code: HelperProblemCode, message: string, options: { remedy: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.remedy = options.remedy
  }

  problem(): HelperProblem {
    return { code: this.code, message: this.message, remedy: this.remedy }
  }
}
