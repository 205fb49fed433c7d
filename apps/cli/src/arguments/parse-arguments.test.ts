import { expect, it } from 'vitest'
import type { Command } from '../command.ts'
import { parseArguments } from './parse-arguments.ts'

const command: Command = {
  name: 'do',
  arguments: ['WHAT', 'WORDS…'],
  flags: { json: 'Print JSON' },
  summary: 'Do it',
  run: async () => {},
}

it('takes flags wherever they stand', () => {
  expect(parseArguments(command, ['--json', 'a', 'b', '--debug', 'c'])).toEqual({
    arguments: ['a', 'b', 'c'],
    flags: new Set(['json', 'debug']),
  })
})

it('takes nothing after -- as a flag', () => {
  expect(parseArguments(command, ['a', '--', '--json', '-x', '--'])).toEqual({
    arguments: ['a', '--json', '-x', '--'],
    flags: new Set(),
  })
})

it('takes a lone hyphen as an argument', () => {
  expect(parseArguments(command, ['a', '-']).arguments).toEqual(['a', '-'])
})

it('does not take a property of every object for a flag', () => {
  expect(() => parseArguments(command, ['a', 'b', '--toString'])).toThrow('do has no flag --toString')
})
