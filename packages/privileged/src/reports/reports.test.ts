import fc from 'fast-check'
import { expect, it } from 'vitest'
import { helperProblemCodes } from '../helper-error.ts'
import { formatDiskLimit, parseDiskLimit } from './disk-limit-report.ts'
import { formatProblem, parseProblem } from './problem-report.ts'
import { formatScriptReport, parseScriptReport, scriptOutcomes } from './script-report.ts'

const text = fc.string({ unit: 'binary' })
const number = fc.option(fc.nat())

it('reports come back as they were written, each as one line', () => {
  const problem = fc.record({ code: fc.constantFrom(...helperProblemCodes), message: text, remedy: text })
  const limit = fc.record({ message: text, remedy: text, at: fc.nat() })
  const script = fc.record({
    outcome: fc.constantFrom(...scriptOutcomes),
    exitCode: number,
    signal: number,
    message: text,
    remedy: text,
    memoryPeakBytes: number,
    cpuSeconds: number,
  })
  fc.assert(
    fc.property(problem, limit, script, (a, b, c) => {
      expect(parseProblem(formatProblem(a))).toEqual(a)
      expect(parseDiskLimit(formatDiskLimit(b))).toEqual(b)
      expect(parseScriptReport(formatScriptReport(c))).toEqual(c)
      for (const line of [formatProblem(a), formatDiskLimit(b), formatScriptReport(c)])
        expect(line.indexOf('\n')).toBe(line.length - 1)
    }),
  )
})

it('anything else is no report, and never an exception', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        text,
        fc.json(),
        fc.anything().map(value => JSON.stringify(value) ?? ''),
      ),
      input => {
        for (const parse of [parseProblem, parseDiskLimit, parseScriptReport]) expect(parse(input)).toBeNull()
      },
    ),
  )
  const long = formatProblem({ code: 'busy', message: 'x'.repeat(70_000), remedy: '' })
  expect(parseProblem(long)).toBeNull()
})
