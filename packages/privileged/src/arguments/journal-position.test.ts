import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseJournalCursor, parseJournalLines } from './journal-position.ts'

/** As journalctl of systemd 257 prints it. */
const cursor =
  's=0639d43d4f6b4e2f8e1c9f1d6d3e8a11;i=2f1;b=be7a24d1c9ce4d0f8e61a4d5a6de3f30;m=4d3c2b1a;t=6442f8b1c2d3e;x=9f8e7d6c5b4a3921'

it('a cursor that journalctl printed is let through', () => {
  expect(parseJournalCursor(cursor)).toBe(cursor)
})

it.each([
  '',
  's=1',
  `${cursor}\n`,
  ` ${cursor}`,
  `${cursor};y=1`,
  cursor.replace('s=', '--file='),
  '-f',
  cursor.toUpperCase(),
])('a cursor is refused: %j', text => {
  expect(parseJournalCursor(text)).toBeNull()
})

it('a cursor that is let through has only what a cursor has', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'sibmtx=;0af-/ \n') }), text => {
      const parsed = parseJournalCursor(text)
      if (parsed !== null) expect(parsed).toMatch(/^[sibmtx=;0-9a-f]{11,210}$/)
    }),
  )
})

it('numbers of lines are whole, bounded and spelt in one way', () => {
  fc.assert(
    fc.property(fc.nat(100_000), lines => {
      expect(parseJournalLines(String(lines))).toBe(lines)
    }),
  )
  for (const text of ['', '-1', '+1', '01', '1.0', '1e3', 'all', ' 1', '1\n', '100001', '999999', '9999999'])
    expect(parseJournalLines(text)).toBeNull()
})
