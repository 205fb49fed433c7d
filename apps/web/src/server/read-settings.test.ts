import * as contract from '@left4me/contract'
import { describe, expect, it } from 'vitest'
import { joinErrors, nameError, readArguments, readLines, readPort } from './read-settings.ts'

/** What the API itself checks a text with. */
function patternOf(schema: object): RegExp {
  if (!('pattern' in schema) || typeof schema.pattern !== 'string')
    throw new Error('the schema has no pattern')
  return new RegExp(schema.pattern, 'u')
}

describe('readLines', () => {
  it('takes lines of any system and none out of nothing', () => {
    expect(readLines('a\r\n\n  b\n\n')).toEqual(['a', '', '  b'])
    expect(readLines(' \n ')).toEqual([])
  })
})

describe('readArguments', () => {
  it('separates at blanks and line breaks', () => {
    expect(readArguments(' +map  c2m1_highway\n-tickrate 100 ')).toEqual([
      '+map',
      'c2m1_highway',
      '-tickrate',
      '100',
    ])
  })

  it('gives only what the API takes, of text without quotes', () => {
    const pattern = patternOf(contract.Argument)
    expect(readArguments('a\tb\u00a0c\u2028d').every(argument => pattern.test(argument))).toBe(true)
  })
})

describe('readPort', () => {
  it.each([
    ['', null],
    [' 27015 ', 27015],
    ['1023', undefined],
    ['65536', undefined],
    ['27015.5', undefined],
    ['1e4', undefined],
    ['-27015', undefined],
    ['0x6987', undefined],
  ])('reads “%s” as %s', (text, port) => {
    expect(readPort(text)).toBe(port)
  })
})

describe('nameError', () => {
  it('finds what the API would refuse, and nothing else', () => {
    const pattern = patternOf(contract.ServerName)
    for (const name of [
      'Friday night',
      'x'.repeat(64),
      'ä ☂ "quoted"',
      '',
      '   ',
      'x'.repeat(65),
      'a\u0007b',
      'a\u2028b',
    ]) {
      const typed = name.trim()
      const taken = typed.length >= 1 && typed.length <= 64 && pattern.test(typed)
      expect([name, nameError(name) === undefined]).toEqual([name, taken])
    }
  })
})

describe('joinErrors', () => {
  it('puts what was found here before what was answered', () => {
    expect(joinErrors({ name: 'Needed.', port: undefined }, { name: 'taken', port: 'held' })).toEqual({
      name: 'Needed.',
      port: 'held',
    })
  })
})
