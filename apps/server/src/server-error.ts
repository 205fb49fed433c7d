/** Why the server can't do what it was told, outside of any request. */
export type ServerErrorCode =
  /** A setting can't be used. The message names the variable, its fault and the remedy. */
  | 'bad-configuration'
  /** The database was written by a newer version. */
  | 'newer-schema'
  /** The database can't be opened, read or written. */
  | 'database-unusable'
  /** A row holds what no version of left4me writes. */
  | 'corrupt-row'
  /** Another left4me uses the same data directory. */
  | 'already-running'
  /** The address to listen on can't be had. */
  | 'cannot-listen'
  /** A backup can't be made or put back. */
  | 'backup-refused'
  /** An account can't be made or changed as asked. */
  | 'account-refused'
  /** The Workshop could not be refreshed. */
  | 'refresh-failed'
  /** Scripts can't be seeded from that folder. */
  | 'seed-refused'

/** Expected failures of start-up and of commands: one sentence for the person at the terminal, no stack needed. */
export class ServerError extends Error {
  override readonly name: string = 'ServerError'
  readonly code: ServerErrorCode

  constructor(code: ServerErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
  }
}
