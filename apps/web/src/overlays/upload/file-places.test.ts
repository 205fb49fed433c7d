import { describe, expect, it } from 'vitest'
import { needsPlace, suggestPlace } from './file-places.ts'

describe('needsPlace', () => {
  it('asks for nothing that its content tells', () => {
    expect(['a.vpk', 'A.ZIP', 'b.7z'].map(needsPlace)).toEqual([false, false, false])
    expect(['server.cfg', 'c1m1.bsp', 'readme'].map(needsPlace)).toEqual([true, true, true])
  })
})

describe('suggestPlace', () => {
  it('is where the game looks for such a file', () => {
    expect(suggestPlace('server.cfg')).toBe('left4dead2/cfg/server.cfg')
    expect(suggestPlace('Town.BSP')).toBe('left4dead2/maps/Town.BSP')
    expect(suggestPlace('admin.smx')).toBe('left4dead2/addons/sourcemod/plugins/admin.smx')
    expect(suggestPlace('common.phrases.txt')).toBe(
      'left4dead2/addons/sourcemod/translations/common.phrases.txt',
    )
    expect(suggestPlace('motd.txt')).toBe('left4dead2/motd.txt')
  })
})
