export const protocolErrorCodes = [
  'timeout',
  'refused',
  'refused-before-auth',
  'wrong-password',
  'closed',
  'malformed',
  'too-large',
  'bad-input',
  'aborted',
] as const
/**
 * - `timeout`: no (complete) answer within the deadline. Over its query limit a server is silent, so that this alone
 *   says nothing about whether it lives.
 * - `refused`: nothing listens there, or the other side says no for a stated reason.
 * - `refused-before-auth`: RCON accepted the connection and closed it without a byte, as it does for banned addresses.
 * - `wrong-password`: RCON refused the password. Never try again with the same one: the server bans who does.
 * - `closed`: the connection ended before the answer did, or the client object was closed.
 * - `malformed`: what came isn't what the protocol says.
 * - `too-large`: a declared or real size is beyond a cap.
 * - `bad-input`: the caller's own argument can't be sent.
 * - `aborted`: the caller's AbortSignal fired.
 */
export type ProtocolErrorCode = (typeof protocolErrorCodes)[number]

/** Where in a text something is wrong. Lines and columns start at 1, columns count UTF-16 code units. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

/** The only error that this package throws on purpose. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: ProtocolErrorCode
  /** One sentence that says what to do about it. */
  readonly remedy: string | null
  readonly position: TextPosition | null

  constructor(
    code: ProtocolErrorCode,
    message: string,
    options: { remedy?: string; cause?: unknown; position?: TextPosition } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.remedy = options.remedy ?? null
    this.position = options.position ?? null
  }
}
