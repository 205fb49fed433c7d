import { readFileSync } from 'node:fs'
import { type HelperProblem, helperProblemCodes } from '../helper-error.ts'
import { parseRecord } from './json-record.ts'

/** `/run/left4me/instances/NAME.problem`: why the last mount or unmount failed. Absent after one that succeeded. */
export function formatProblem(problem: HelperProblem): string {
  const { code, message, remedy } = problem
  return `${JSON.stringify({ code, message, remedy })}\n`
}

/** null when it isn't what `formatProblem` writes. */
export function parseProblem(text: string): HelperProblem | null {
  const record = parseRecord(text)
  if (!record) return null
  const code = helperProblemCodes.find(known => known === record['code'])
  const { message, remedy } = record
  return code && typeof message === 'string' && typeof remedy === 'string' ? { code, message, remedy } : null
}

/** null when there is no such file, too. */
export function readProblem(path: string): HelperProblem | null {
  try {
    return parseProblem(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
