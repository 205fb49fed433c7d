import { expect, it } from 'vitest'
import type { Command } from '../command.ts'
import { parseArguments } from './parse-arguments.ts'

const command: Command = {
  name: 'do',
  arguments: ['WHAT', 'WORDS…'],
  flags: { json: 'Print JSON' },
  options: { only: { value: 'SELECTOR', meaning: 'Only these', short: 'o' } },
  summary: 'Do it',
  run: async () => {},
}

it('takes flags wherever they stand', () => {
  expect(parseArguments(command, ['--json', 'a', 'b', '--debug', 'c'])).toEqual({
    arguments: ['a', 'b', 'c'],
    flags: new Set(['json', 'debug']),
    options: new Map(),
  })
})

it('takes nothing after -- as a flag', () => {
  expect(parseArguments(command, ['a', '--', '--json', '-x', '--'])).toEqual({
    arguments: ['a', '--json', '-x', '--'],
    flags: new Set(),
    options: new Map(),
  })
})

it('takes a lone hyphen as an argument', () => {
  expect(parseArguments(command, ['a', '-']).arguments).toEqual(['a', '-'])
})

it('does not take a property of every object for a flag', () => {
  expect(() => parseArguments(command, ['a', 'b', '--toString'])).toThrow('do has no flag --toString')
})

it('takes the values of an option in their order, however it is written', () => {
  const words = ['--only', 'file:/a', 'a', '--only=b=c', '-o', '--json', 'b', '--', '--only']
  expect(parseArguments(command, words)).toEqual({
    arguments: ['a', 'b', '--only'],
    flags: new Set(),
    options: new Map([['only', ['file:/a', 'b=c', '--json']]]),
  })
})

it('says which option has no value', () => {
  expect(() => parseArguments(command, ['a', 'b', '--only'])).toThrow('--only needs SELECTOR behind it')
})

it('lets an argument in brackets be left out, and no other', () => {
  const optional = { ...command, arguments: ['WHAT', '[WHERE]'] }
  expect(parseArguments(optional, ['a']).arguments).toEqual(['a'])
  expect(parseArguments(optional, ['a', 'b']).arguments).toEqual(['a', 'b'])
  expect(() => parseArguments(optional, [])).toThrow('do needs WHAT')
  expect(() => parseArguments(optional, ['a', 'b', 'c'])).toThrow("do doesn't know what to do with “c”")
})
