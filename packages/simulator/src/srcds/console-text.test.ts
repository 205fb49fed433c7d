import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitCommands, tokenise, unquote } from './console-text.ts'

describe('console text', () => {
  it('is split at line ends and at ; outside quotes, and comments go', () => {
    expect(
      splitCommands('hostname "a; b // c" // a comment; quit\nsay hi; status\r\n\n  // only a comment\nx'),
    ).toEqual(['hostname "a; b // c"', 'say hi', 'status', 'x'])
  })

  it('ends an open quote with the line', () => {
    expect(splitCommands('say "open\nstatus; quit')).toEqual(['say "open', 'status', 'quit'])
  })

  it('has no escape: a quote always ends the token', () => {
    expect(tokenise('say "a\\" quit')).toEqual({
      name: 'say',
      arguments: ['a\\', 'quit'],
      rest: '"a\\" quit',
    })
  })

  it('breaks an unquoted SteamID into five tokens, which is why it has to be quoted', () => {
    expect(tokenise('banid 0 STEAM_1:0:1').arguments).toEqual(['0', 'STEAM_1', ':', '0', ':', '1'])
    expect(tokenise('banid 0 "STEAM_1:0:1"').arguments).toEqual(['0', 'STEAM_1:0:1'])
  })

  it('unquotes only what is quoted on both sides', () => {
    expect(unquote('"My Server"')).toBe('My Server')
    expect(unquote('"My')).toBe('"My')
    expect(unquote('"')).toBe('"')
  })

  it('never fails, and a quoted word stays one token', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        for (const command of splitCommands(text)) tokenise(command)
      }),
    )
    fc.assert(
      fc.property(
        fc.string().filter(text => !/["\r\n]/.test(text)),
        word => {
          const [command = ''] = splitCommands(`say "${word}"`)
          expect(tokenise(command).arguments).toEqual([word])
        },
      ),
    )
  })
})
