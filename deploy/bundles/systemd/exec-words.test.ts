import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { environmentWord, execWords } from './exec-words.ts'

/** systemd.syntax(7) and systemd.service(5), read the other way round. */
function readBack(text: string, dollars: boolean): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => {
    const plain = word.replaceAll(/\\(.)/g, '$1').replaceAll('%%', '%')
    return dollars ? plain.replaceAll('$$', '$') : plain
  })
}

describe('words in a unit file', () => {
  test('are quoted as systemd reads them', () => {
    expect(execWords(['/bin/echo', 'a "b"', '$HOME', '%h', ';', '\\'])).toBe(
      '"/bin/echo" "a \\"b\\"" "$$HOME" "%%h" ";" "\\\\"',
    )
    expect(environmentWord('A', '$x %y "z"')).toBe('"A=$x %%y \\"z\\""')
  })

  test('stay what they are, whatever they are', () => {
    const word = fc.string({ unit: fc.constantFrom('a', ' ', '"', "'", '\\', '%', '$', ';', '{', '=', 'ü') })
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), words => {
        expect(readBack(execWords(words), true)).toEqual(words)
      }),
    )
    fc.assert(
      fc.property(word, value => {
        expect(readBack(environmentWord('A', value), false)).toEqual([`A=${value}`])
      }),
    )
  })
})
