import type { Cvar } from '@left4me/contract'
import { describe, expect, it } from 'vitest'
import { argumentHints } from './argument-hints.ts'
import { configHints } from './config-hints.ts'
import { nearestName } from './nearest-name.ts'
import { readCommands } from './read-commands.ts'

const cvar = (name: string, more: Partial<Cvar> = {}): Cvar => ({
  name,
  type: 'integer',
  default: null,
  minimum: null,
  maximum: null,
  cheat: false,
  hidden: false,
  description: `About ${name}.`,
  ...more,
})
const cvars = new Map(
  [
    cvar('sv_alltalk', { type: 'boolean', minimum: 0, maximum: 1 }),
    cvar('sv_cheats', { type: 'boolean', minimum: 0, maximum: 1 }),
    cvar('sv_region', { minimum: -1, maximum: 255 }),
    cvar('z_common_limit', { minimum: 0, cheat: true }),
    cvar('hostname', { type: 'text' }),
  ].map(each => [each.name, each]),
)
const said = (...lines: string[]) =>
  configHints(lines, cvars).map(({ line, tone, text }) => `${line} ${tone} ${text}`)

describe('readCommands', () => {
  it.each([
    ['sv_a 1; SV_B "2 // 3" // sv_c 4', ['sv_a=1', 'sv_b=2 // 3']],
    ['"sv_a" "1"', ['sv_a=1']],
    ['sm_cvar z_x 5', ['z_x=5']],
    ['  ; ;// nothing', []],
    ['hostname "never closed; x', ['hostname=never closed; x']],
  ])('%s', (line, commands) => {
    expect(readCommands(line).map(({ name, value }) => `${name}=${value}`)).toEqual(commands)
  })
})

describe('configHints', () => {
  it('says nothing about what is right, and about what plugins bring', () => {
    expect(
      said(
        'sv_alltalk 1',
        'sv_region 255 // all',
        'hostname "a"',
        'sm_vote 1',
        'exec x.cfg',
        '',
        '// sv_x 1',
      ),
    ).toEqual([])
  })

  it.each([
    ['sv_alltalk 2', '0 attention “sv_alltalk” is 0 or 1, not 2.'],
    ['sv_alltalk on', '0 attention “sv_alltalk” is a number; “on” counts as 0.'],
    ['sv_region 300', '0 attention “sv_region” is at most 255; 300 is above.'],
    ['sv_region -2', '0 attention “sv_region” is at least -1; -2 is below.'],
    ['sv_region 1.5', '0 attention “sv_region” is a whole number; 1.5 is cut.'],
    ['sv_alltlak 1', '0 attention “sv_alltlak” isn’t known. Is “sv_alltalk” meant?'],
    [
      'something_else 1',
      '0 neutral “something_else” isn’t in left4me’s list; the game or a plugin may know it.',
    ],
  ])('%s', (line, hint) => {
    expect(said(line)).toEqual([hint])
  })

  it('warns of cheat cvars unless cheats are on or SourceMod sets them', () => {
    expect(said('z_common_limit 40')[0]).toContain('only with sv_cheats 1')
    expect(said('sm_cvar z_common_limit 40')).toEqual([])
    expect(said('sv_cheats 1', 'z_common_limit 40')).toEqual([])
  })
})

describe('nearestName', () => {
  it('finds what was mistyped, and nothing where several or none are near', () => {
    const names = ['sv_alltalk', 'sv_minrate', 'sv_maxrate', 'god']
    expect(nearestName('sv_altalk', names)).toBe('sv_alltalk')
    expect(nearestName('sv_mrate', names)).toBeNull()
    expect(nearestName('dog', names)).toBeNull()
    expect(nearestName('completely_else', names)).toBeNull()
  })
})

describe('argumentHints', () => {
  const known = [
    { name: '-tickrate', value: 'number', description: 'Ticks a second.', reserved: false },
    { name: '-port', value: 'number', description: 'The port.', reserved: true },
    { name: '-insecure', value: null, description: 'VAC off.', reserved: false },
  ]
  it.each([
    ['-tickrate 60', 'neutral', 'Ticks a second.'],
    ['-tickrate', 'attention', 'Its value is missing: number.'],
    ['-insecure', 'neutral', 'VAC off.'],
    ['-port 1', 'broken', 'left4me sets this itself, so that it is refused. The port.'],
    ['+sv_region -1', 'neutral', 'About sv_region.'],
    ['-tickrat 60', 'attention', 'Not known. Is -tickrate meant?'],
    ['-magic 1', 'attention', 'Not known here.'],
  ])('%s', (typed, tone, text) => {
    const [hint, ...more] = argumentHints(typed.split(' '), known, cvars)
    expect(more).toEqual([])
    expect(hint).toMatchObject({ tone, text: expect.stringContaining(text), words: typed.split(' ') })
  })
})
