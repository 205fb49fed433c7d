import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isMapName, mapCommand } from './map-name.ts'

const available = new Set(['c1m1_hotel', 'custom_m1'])

test('goes to maps that the server has, whatever their letter case', () => {
  expect(mapCommand('changelevel', 'c1m1_hotel', available)).toBe('changelevel c1m1_hotel')
  expect(mapCommand('map', 'Custom_M1', available)).toBe('map Custom_M1')
  expect(mapCommand('map', 'anything', null)).toBe('map anything')
})

test.each([
  '',
  'c9m9_none',
  'c1m1_hotel; quit',
  'c1m1_hotel coop',
  '../c1m1_hotel',
  '"c1m1_hotel"',
  'c1m1_hotel\n',
])('refuses %j', map => {
  expect(() => mapCommand('map', map, available)).toThrow(expect.objectContaining({ code: 'bad-input' }))
})

test('makes nothing but one command of two words, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 70 }), text => {
      if (isMapName(text)) expect(mapCommand('map', text, null)).toMatch(/^map \w+$/)
      else expect(() => mapCommand('map', text, null)).toThrow(expect.objectContaining({ code: 'bad-input' }))
    }),
  )
})
