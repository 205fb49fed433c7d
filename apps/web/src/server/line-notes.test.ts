import { expect, it } from 'vitest'
import { lineNotes } from './line-notes.ts'

it('says which line sets it again, and which lines the last one wins over', () => {
  const notes = lineNotes([
    { name: 'sv_alltalk', value: '1', line: 4, overrides: [0, 2] },
    { name: 'sv_region', value: '3', line: 2, overrides: [] },
  ])
  expect([...notes].map(([line, { note, overridden }]) => [line, note, overridden])).toEqual([
    [0, 'Line 5 sets sv_alltalk again.', true],
    // It still decides about another setting.
    [2, 'Line 5 sets sv_alltalk again.', false],
    [4, 'Decides sv_alltalk over lines 1, 3.', false],
  ])
})
