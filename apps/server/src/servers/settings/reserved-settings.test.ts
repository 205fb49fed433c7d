import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refusalOf } from './reserved-settings.ts'

describe('lines that set what belongs to the platform are refused by the name of the setting', () => {
  test.each([
    ['rcon_password x', 'rcon_password'],
    ['RCON_Password "x"', 'rcon_password'],
    ['"rcon_password" "x"', 'rcon_password'],
    ['\trcon_password', 'rcon_password'],
    ['rcon_password"x"', 'rcon_password'],
    ['sv_cheats 0;rcon_password x', 'rcon_password'],
    ['sv_cheats 0 ; ; "rcon_password" x // why not', 'rcon_password'],
    ['echo "a;b" ; rcon_password x', 'rcon_password'],
    ['echo "never closed ; rcon_password x', 'rcon_password'],
    ['alias x "rcon_password y"', 'rcon_password'],
    ['alias x "sv_cheats 1; rcon_password y"', 'rcon_password'],
    ['alias x alias y alias z rcon_password w', 'rcon_password'],
    ['alias rcon_password ""', 'rcon_password'],
    ['alias log "echo off"', 'log'],
    ['alias x "log off"', 'log'],
    ['alias exec ""', 'exec'],
    ['toggle rcon_password a b', 'rcon_password'],
    ['sm_cvar sv_rcon_banpenalty 0', 'sv_rcon_banpenalty'],
    ['sm_rcon log off', 'log'],
    ['script SendToServerConsole("rcon_password x")', 'rcon_password'],
    ['bind k "log off"', 'log'],
    ['log off', 'log'],
    ['logaddress_add 192.0.2.1:27500', 'logaddress_add'],
    ['logaddress_delall', 'logaddress_delall'],
    ['sv_logfile 1', 'sv_logfile'],
    ['sv_logsecret 5', 'sv_logsecret'],
    ['sv_rcon_whitelist_address ""', 'sv_rcon_whitelist_address'],
    ['servercfgfile other.cfg', 'servercfgfile'],
    ['hostport 27016', 'hostport'],
    ['quit', 'quit'],
    ['say bye; exit', 'exit'],
    ['alias x _restart', '_restart'],
  ])('%s', (line, setting) => {
    const refusal = refusalOf(line)
    expect(refusal).toMatchObject({ code: 'reserved-setting', setting })
    expect(refusal?.message).toContain(setting)
  })
})

describe('lines that only look like it are taken', () => {
  test.each([
    '',
    '   ',
    '// rcon_password x',
    'sv_cheats 0 // log off; rcon_password x',
    'hostname "the rcon_password log of http://example.org/quit"',
    'say type log on in the cabin',
    'my_rcon_password_hint 1',
    'sv_search_key log',
    'sm_plugins_log 1',
    'exec banned_user.cfg',
    'exec sourcemod/mine.cfg',
    'sv_downloadurl "https://example.org/a/../b"',
    'alias go "sv_cheats 0; z_difficulty Hard"',
    'catalog 1',
  ])('%s', line => {
    expect(refusalOf(line)).toBeNull()
  })
})

describe('files outside the game are refused', () => {
  test.each([
    'exec ../../../data/secret.key',
    'exec "..\\..\\data"',
    'exec /etc/passwd',
    'exec c:secret',
    'motdfile "../../data/left4me.db"',
    'alias x "exec ../up"',
    'sm_something "../../data"',
  ])('%s', line => {
    expect(refusalOf(line)?.code).toMatch(/invalid-input|reserved-setting/)
  })
})

test('a reserved name is found behind any commands, in any case and with any blanks', () => {
  const filler = fc.constantFrom('sv_cheats 0', 'echo "a b"', '', 'z_difficulty "Hard"', "say it's", '{')
  const blank = fc.constantFrom('', ' ', '\t', '  ')
  const name = fc
    .constantFrom('rcon_password', 'log', 'sv_logecho', 'quit')
    .chain(text => fc.mixedCase(fc.constant(text)))
  fc.assert(
    fc.property(fc.array(filler, { maxLength: 4 }), blank, name, blank, (before, left, text, right) => {
      const line = [...before, `${left}${text}${right === '' ? '' : `${right}0`}`].join(';')
      expect(refusalOf(line)?.setting).toBe(text.toLowerCase())
    }),
  )
})

test('any text whatever is answered', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), text => {
      const refusal = refusalOf(text)
      expect(refusal === null || refusal.message.length > 0).toBe(true)
    }),
  )
  expect(refusalOf('alias x '.repeat(60))?.code).toBe('invalid-input')
})
