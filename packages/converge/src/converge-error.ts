export const convergeErrorCodes = [
  /** A node, bundle or item is written wrongly. Nothing was done. */
  'bad-definition',
  /** The target was not reached, or the connection broke. */
  'unreachable',
  /** Another run has the target. */
  'locked',
  /** The target answered something that can't be read. */
  'bad-answer',
  /** A secret's key isn't there. */
  'secret-unavailable',
  /** There is no generation to go back to, or it can't be undone. */
  'no-generation',
] as const
export type ConvergeErrorCode = (typeof convergeErrorCodes)[number]

/** Why a run couldn't be made at all; what happened to single items stands in the report. */
export class ConvergeError extends Error {
  override readonly name = 'ConvergeError'
  readonly code: ConvergeErrorCode

  constructor(code: ConvergeErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** A definition that can't be used: one sentence that says what, and one that says what to do. */
export function badDefinition(message: string): ConvergeError {
  return new ConvergeError('bad-definition', message)
}

/** An error of a bundle's own, with where it came from. */
export function badDefinitionAt(where: string, error: Error): ConvergeError {
  return new ConvergeError('bad-definition', `${where}: ${withRemedy(error)}`, { cause: error })
}

/** What an error says, and what to do. */
export function withRemedy(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'remedy' in error && typeof error.remedy === 'string'
    ? `${error.message} ${error.remedy}`
    : error.message
}
