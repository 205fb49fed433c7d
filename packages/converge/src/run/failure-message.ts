import type { StepResult } from './machine.ts'

/** What a person is told of a step that failed. `left`: keys in which another look finds a difference. */
export function failureMessage({ exitCode, output, undone }: StepResult, left: readonly string[]): string {
  const how =
    exitCode !== 0
      ? `It ended with exit code ${exitCode}.`
      : `It ended well, but another look finds it still different in ${left.join(', ')}.`
  return [
    output.trim() === '' ? how : `${how} ${output.trim()}`,
    ...(undone === undefined
      ? []
      : [
          undone.complete
            ? 'What was done is undone.'
            : undone.made.length > 0
              ? 'What was done is undone in part.'
              : 'What was done is not undone.',
        ]),
    ...(undone?.problems ?? []),
  ].join('\n')
}
