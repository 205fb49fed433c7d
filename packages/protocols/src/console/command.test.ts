import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkConsoleCommand, maxConsoleCommandBytes, quoteConsoleArgument } from './command.ts'

const badInput = expect.objectContaining({ code: 'bad-input' })

test('quotes text that the console keeps whole', () => {
  expect(quoteConsoleArgument('hello // {world} %s (1:2) 你好')).toBe('"hello // {world} %s (1:2) 你好"')
  expect(quoteConsoleArgument('STEAM_1:0:1')).toBe('"STEAM_1:0:1"')
  expect(quoteConsoleArgument('')).toBe('""')
})

test.each(['"', 'a"; quit "', 'a;b', 'a\nb', 'a\rb', 'a\0b', '\u001b[2J', '\u007f', '\ud800'])(
  'refuses text that would end the quotes or the line: %j',
  text => {
    expect(() => quoteConsoleArgument(text)).toThrow(badInput)
  },
)

test('never lets an argument become more than one, or another command', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      let quoted: string
      try {
        quoted = quoteConsoleArgument(text)
      } catch (error) {
        expect(error).toEqual(badInput)
        return
      }
      expect(quoted.slice(1, -1)).toBe(text)
      expect(text).not.toMatch(/["\r\n\0;]/)
    }),
  )
})

test('takes a line of several commands, up to what the engine keeps of it', () => {
  expect(() => checkConsoleCommand('say "a";\tstatus')).not.toThrow()
  expect(() => checkConsoleCommand('x'.repeat(maxConsoleCommandBytes))).not.toThrow()
  expect(() => checkConsoleCommand('x'.repeat(maxConsoleCommandBytes + 1))).toThrow(badInput)
  // Counted in bytes, not in characters.
  expect(() => checkConsoleCommand('ä'.repeat(maxConsoleCommandBytes / 2 + 1))).toThrow(badInput)
})

test.each(['', '   ', 'a\nb', 'a\r', '\0', 'a\u0008b', '\ud800'])(
  'refuses what is no single line: %j',
  command => {
    expect(() => checkConsoleCommand(command)).toThrow(badInput)
  },
)
