import { readLogLine } from '@left4me/protocols'
import { expect, test } from 'vitest'
import { logLines } from './log-lines.ts'

test('are lines that a server could have written, of many kinds', () => {
  const events = logLines(2000).map(line => readLogLine(line)[0]?.event.kind)
  expect(events).not.toContain(undefined)
  expect(new Set(events).size).toBeGreaterThanOrEqual(12)
})
