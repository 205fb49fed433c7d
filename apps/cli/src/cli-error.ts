/** The command was called wrongly: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command can't do what it was told: exit code 1. The message is the one line that is printed. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

/**
 * The one line that stands for an error on stderr. Errors of our packages say what happened in `message` and some what
 * to do about it in `remedy`.
 */
export function errorLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const remedy = 'remedy' in error && typeof error.remedy === 'string' ? ` ${error.remedy}` : ''
  return `${error.message}${remedy}`.replace(/\s*\n\s*/g, ' ')
}
