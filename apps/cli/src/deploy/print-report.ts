import { type Report, renderReport, summaryLine } from '@left4me/converge'
import { printable } from '../terminal/printable.ts'

const codes = { red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const

/** By how a line of a report begins. */
const colours: readonly [RegExp, keyof typeof codes][] = [
  [/^(failed|error:) ?/, 'red'],
  [/^(fixed|ran|removed) /, 'green'],
  [/^(change|maybe|kept|still due:) ?/, 'yellow'],
  [/^(skipped|no longer declared:) ?/, 'blue'],
  [/^ {4}-/, 'red'],
  [/^ {4}\+/, 'green'],
  [/^ {4}@@/, 'cyan'],
]

/** A report for people, or all of it as JSON for programs. What the target said can't move a terminal's cursor. */
export function printReport(
  report: Report,
  options: { remarks: readonly string[]; json: boolean; colours: boolean },
): string {
  if (options.json)
    return `${JSON.stringify({ ...report, remarks: options.remarks, summary: summaryLine(report) }, null, 2)}\n`
  const lines = printable(renderReport(report), { lines: true }).split('\n')
  return lines.map(line => `${options.colours ? coloured(line) : line}\n`).join('')
}

function coloured(line: string): string {
  const colour = colours.find(([pattern]) => pattern.test(line))?.[1]
  return colour === undefined ? line : `\u001b[${codes[colour]}m${line}\u001b[0m`
}
