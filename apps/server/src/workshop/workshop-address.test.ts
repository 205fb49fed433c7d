import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { workshopIdOf, workshopPageOf } from './workshop-address.ts'

describe('what people paste as a Workshop item', () => {
  test.each([
    '2804463135',
    ' 2804463135\n',
    'https://steamcommunity.com/sharedfiles/filedetails/?id=2804463135',
    'http://www.steamcommunity.com/workshop/filedetails/?id=2804463135&searchtext=dark',
    'steamcommunity.com/sharedfiles/filedetails?id=2804463135',
    'https://steamcommunity.com/sharedfiles/filedetails/?l=german&id=2804463135#comments',
    'steam://url/CommunityFilePage/2804463135',
    'steam://openurl/https://steamcommunity.com/sharedfiles/filedetails/?id=2804463135',
  ])('%j is understood', text => {
    expect(workshopIdOf(text)).toBe('2804463135')
  })

  test.each([
    '',
    '0',
    '-1',
    '007',
    '1e9',
    '18446744073709551616',
    '123456789012345678901',
    'https://steamcommunity.com/sharedfiles/filedetails/',
    'https://steamcommunity.com/sharedfiles/filedetails/?id=x',
    'https://steamcommunity.com/id/somebody?id=5',
    'https://steamcommunity.com.evil.example/sharedfiles/filedetails/?id=5',
    'https://evil.example/?x=https://steamcommunity.com/sharedfiles/filedetails/?id=5',
    'file:///sharedfiles/filedetails/?id=5',
    'javascript:5',
    'steam://run/550',
  ])('%j is not', text => {
    expect(workshopIdOf(text)).toBeNull()
  })

  test('whatever is pasted, what comes out is an id of 64 bits or nothing', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const id = workshopIdOf(text)
        expect(id === null || (BigInt(id) > 0n && BigInt(id) < 2n ** 64n)).toBe(true)
      }),
    )
  })

  test('the address of every id leads back to it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), id => {
        expect(workshopIdOf(workshopPageOf(String(id)))).toBe(String(id))
      }),
    )
  })
})
