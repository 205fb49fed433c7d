import fc from 'fast-check'
import { expect, test } from 'vitest'
import { settingsOf } from './config-settings.ts'

test('of several lines the last one sets a setting, and names those that it overrides', () => {
  expect(
    settingsOf([
      '// z_difficulty Easy',
      'hostname "Friday night; the // best"',
      'Z_Difficulty Normal // as always',
      'sv_alltalk 1; z_difficulty "Hard" ;sv_pausable',
      'exec server_2.cfg',
      'sm_cvar z_common_limit 40',
      'hostname   Ours',
      'z_difficulty Impossible; z_difficulty Easy',
      'say z_difficulty Normal',
      'sv_tags ""',
    ]),
  ).toEqual([
    { name: 'sv_alltalk', value: '1', line: 3, overrides: [] },
    { name: 'z_common_limit', value: '40', line: 5, overrides: [] },
    { name: 'hostname', value: 'Ours', line: 6, overrides: [1] },
    { name: 'z_difficulty', value: 'Easy', line: 7, overrides: [2, 3] },
    { name: 'sv_tags', value: '', line: 9, overrides: [] },
  ])
})

test('a value is all that follows, without the quotes round it', () => {
  expect(
    settingsOf(['hostname My server', 'sv_tags "a,b', 'sv_contact a "b" c']).map(({ value }) => value),
  ).toEqual(['My server', 'a,b', 'a "b" c'])
})

test('any lines are read: each setting once, at a line that names it after those that it overrides', () => {
  const word = fc.constantFrom('sv_a', 'SV_A', 'sv_b', '1', '"', ';', '//', ' ', 'exec', 'sm_cvar', '{', 'x')
  const line = fc.array(word, { maxLength: 8 }).map(words => words.join(' '))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), lines => {
      const settings = settingsOf(lines)
      expect(new Set(settings.map(({ name }) => name)).size).toBe(settings.length)
      for (const { name, line: at, overrides } of settings) {
        expect(lines[at]?.toLowerCase()).toContain(name)
        expect(overrides.every((other, index) => other < (overrides[index + 1] ?? at))).toBe(true)
      }
    }),
  )
})
