import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseInstanceName, parseOverlayId, parseScriptName } from './names.ts'

const hostile = [
  '',
  '.',
  '..',
  '-rf',
  '_a',
  'A',
  'a b',
  'a/b',
  'a\n',
  '\na',
  'a\u0000',
  'a.service',
  'a@b',
  'a,upperdir=/etc',
  'a:b',
  'é',
  '1%i',
  `a${'b'.repeat(64)}`,
]

describe('names', () => {
  it.each(['1', '42', 'a', 'my-server_2', `a${'b'.repeat(63)}`])(
    'of an instance and a script may be %j',
    text => {
      expect(parseInstanceName(text)).toBe(text)
      expect(parseScriptName(text)).toBe(text)
    },
  )

  it.each(hostile)('are refused: %j', text => {
    expect(parseInstanceName(text)).toBeNull()
    expect(parseScriptName(text)).toBeNull()
    expect(parseOverlayId(text)).toBeNull()
  })

  it('of an overlay are ids without another spelling', () => {
    expect(parseOverlayId('7')).toBe('7')
    expect(parseOverlayId('999999999999999')).toBe('999999999999999')
    for (const text of ['0', '07', '+7', '7.0', '1e3', '0x7', '٧', '1000000000000000'])
      expect(parseOverlayId(text)).toBeNull()
  })

  it('that are let through consist of harmless characters alone, whatever came in', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'ab09_-./@:,\n\u0000 ') }),
    )
    fc.assert(
      fc.property(text, input => {
        for (const parsed of [parseInstanceName(input), parseOverlayId(input), parseScriptName(input)])
          if (parsed !== null) {
            expect(parsed).toBe(input)
            expect(
              [...parsed].every(character => 'abcdefghijklmnopqrstuvwxyz0123456789_-'.includes(character)),
            ).toBe(true)
            expect(parsed.length).toBeLessThanOrEqual(64)
          }
      }),
    )
  })
})
