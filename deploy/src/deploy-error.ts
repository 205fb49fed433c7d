export type DeployErrorCode =
  /** Text of the machine's that this doesn't understand. */
  | 'unreadable-facts'
  | 'bad-source'
  | 'bad-cores'
  | 'bad-memory'
  | 'bad-ports'
  | 'bad-traffic-shaping'
  | 'bad-runtime'

/** A value that a host can't have: what is wrong, and what to write instead. Nothing was changed. */
export class DeployError extends Error {
  override readonly name = 'DeployError'
  readonly code: DeployErrorCode
  readonly remedy: string

  constructor(code: DeployErrorCode, message: string, options: { remedy: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.remedy = options.remedy
  }
}
