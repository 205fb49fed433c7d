import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError } from '../protocol-error.ts'
import { applyConditions, conditionHolds, serverConditions } from './condition.ts'
import { parseKeyValues } from './parse.ts'

test.each([
  ['$X360', false],
  ['!$X360', true],
  ['$WIN32', true],
  ['$win32||$X360', true],
  ['$X360 || $PS3', false],
  ['$WIN32 && !$X360', true],
  ['$X360 && $PS3 || $LINUX', true],
  ['($LINUX)', true],
  ['!!$LINUX', true],
])('[%s] is %s on a server', (condition, holds) => {
  expect(conditionHolds(condition, serverConditions)).toBe(holds)
})

test.each(['', '!', '$A $B', '$A ||', '|| $A', 'X360', '$A | $B'])('[%s] is no condition', condition => {
  expect(() => conditionHolds(condition, serverConditions)).toThrow(ProtocolError)
})

test('drops pairs whose condition does not hold, at every depth, and keeps those that can not be read', () => {
  const { pairs } = parseKeyValues(
    'a { x360ctx "1" [$X360] pc "2" [$WIN32] odd "3" [$A $B] } b [$X360] { } c "4" [$X360]',
  )
  expect(applyConditions(pairs)).toMatchObject([{ key: 'a', value: [{ key: 'pc' }, { key: 'odd' }] }])
})

test('throws nothing but a ProtocolError', () => {
  const piece = fc.oneof(
    fc.constantFrom('$', '$A', '!', '||', '&&', '(', ')', ' '),
    fc.string({ maxLength: 3 }),
  )
  fc.assert(
    fc.property(fc.array(piece), pieces => {
      try {
        conditionHolds(pieces.join(''), serverConditions)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
  )
})
