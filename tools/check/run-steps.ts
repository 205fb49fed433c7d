import { spawnSync } from 'node:child_process'
import type { Step } from './steps.ts'

export interface StepResult {
  readonly name: string
  readonly passed: boolean
  readonly seconds: number
  /** What the step printed, both streams. */
  readonly output: string
}

/** Runs every step, also after one failed, and calls `onResult` after each. `bin` is where the programs are. */
export function runSteps(
  steps: readonly Step[],
  options: { root: string; bin: string; onResult: (result: StepResult) => void },
): StepResult[] {
  return steps.map(({ name, command: [program, ...args] }) => {
    const before = performance.now()
    const run = spawnSync(`${options.bin}/${program}`, args, {
      cwd: options.root,
      env: { ...process.env, NO_COLOR: '1' },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const result = {
      name,
      passed: run.status === 0,
      seconds: (performance.now() - before) / 1000,
      output: run.error ? run.error.message : `${run.stdout}${run.stderr}`.trim(),
    }
    options.onResult(result)
    return result
  })
}

/** The last line of `npm run check`. */
export function summary(results: readonly StepResult[]): string {
  const failed = results.filter(result => !result.passed)
  return failed.length === 0
    ? `check: ${results.length} steps passed`
    : `check: ${failed.length} of ${results.length} steps failed: ${failed.map(({ name }) => name).join(', ')}`
}
