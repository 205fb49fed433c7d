import { HelperError } from '../helper-error.ts'
import { writeLine } from './write-line.ts'

/** The arguments are none that the program understands. Nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * Runs a helper: exit code 0 done, 1 failed (what and what to do about it as one line on stderr), 2 wrong usage. Takes
 * nothing from the environment. `main` doesn't return when it replaces the process.
 */
export async function runProgram(main: (words: readonly string[]) => void | Promise<void>): Promise<void> {
  // The caller's, which sudo keeps: files here are made with exactly the mode that is asked for.
  process.umask(0o022)
  try {
    await main(process.argv.slice(2))
  } catch (error) {
    process.exitCode = error instanceof UsageError ? 2 : 1
    writeLine(`${describe(error)}\n`)
  }
}

function describe(error: unknown): string {
  if (error instanceof HelperError) return oneLine(`${error.message} ${error.remedy}`)
  return oneLine(error instanceof Error ? error.message : String(error))
}

function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim()
}
