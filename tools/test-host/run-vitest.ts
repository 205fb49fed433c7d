import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Counts } from '../test-reporter.ts'

/**
 * Runs a program that is a Vitest with the test reporter, to its end. What it prints goes where this process's own does.
 * `counts` reads what it left; a run that left nothing, or that failed although no test did (a worker that died), counts as
 * a failure more.
 */
export async function runVitest(
  command: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  counts: () => Promise<string>,
): Promise<Counts> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...environment } })
  const [code, signal] = await once(child, 'exit')
  const counted = parseCounts(await counts().catch(() => ''))
  if (counted === null)
    process.stderr.write(`left4me: Vitest ended with ${signal ?? `exit code ${code}`} and left no counts\n`)
  const { passed, failed, skipped } = counted ?? { passed: 0, failed: 0, skipped: 0 }
  const failures = (code !== 0 || counted === null) && failed === 0 ? 1 : failed
  return { passed, failed: failures, skipped }
}

/** null unless it is what the reporter writes. */
function parseCounts(text: string): Counts | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    if (!('passed' in value && 'failed' in value && 'skipped' in value)) return null
    const { passed, failed, skipped } = value
    if (typeof passed !== 'number' || typeof failed !== 'number' || typeof skipped !== 'number') return null
    return { passed, failed, skipped }
  } catch {
    return null
  }
}
