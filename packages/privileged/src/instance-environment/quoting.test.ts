import fc from 'fast-check'
import { expect, it } from 'vitest'
import { quoteValue, quoteWord, splitWords, unquoteValue } from './quoting.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(...'ab "\'\\$`%#;=\u00a0+-') }),
)

it('words come back as they were, whatever is in them', () => {
  fc.assert(
    fc.property(fc.array(text), words => {
      expect(splitWords(words.map(quoteWord).join(' '))).toEqual(words)
    }),
  )
})

it('a value comes back as it was, whatever is in it', () => {
  fc.assert(
    fc.property(text, value => {
      expect(unquoteValue(quoteValue(value))).toBe(value)
    }),
  )
})

it('plain words need no quotes, so that a person can read the file', () => {
  expect(['+map', 'c1m1_hotel', '-tickrate', '60', '+sv_setmax=31'].map(quoteWord).join(' ')).toBe(
    '+map c1m1_hotel -tickrate 60 +sv_setmax=31',
  )
})

it.each([
  'a  b',
  ' a',
  'a ',
  'a\tb',
  "'a'",
  '"a',
  '"a"b',
  'a"b"',
  '"\\n"',
  'a\\ b',
  '$HOME',
  '`id`',
  ';',
  '#',
])('what systemd might read otherwise is refused in a list of words: %j', value => {
  expect(splitWords(value)).toBeNull()
})

it.each([' a', 'a ', '"a', 'a"', '"a"b', "'a'", '"\\n"', 'a\\', '$HOME', '"a" "b"'])(
  'what systemd might read otherwise is refused as a value: %j',
  value => {
    expect(unquoteValue(value)).toBeNull()
  },
)
