import { describe, expect, it } from 'vitest'
import { type KeyPress, noKeys, pressKey, shortcuts } from './keyboard-map.ts'

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  taken: false,
  at: 0,
  ...more,
})

/** What a row of keys does, each with the time that it is pressed at. */
function type(...presses: KeyPress[]): (string | null)[] {
  let state = noKeys
  return presses.map(next => {
    const pressed = pressKey(state, next)
    state = pressed.state
    return pressed.action
  })
}

describe('pressKey', () => {
  it.each(shortcuts.map(({ keys, action }) => [keys.join(' '), keys, action] as const))(
    'knows %s',
    (_, keys, action) => {
      expect(type(...keys.map(key => press(key))).at(-1)).toBe(action)
    },
  )

  it('has no two shortcuts that begin alike where one is whole', () => {
    for (const { keys } of shortcuts) {
      expect(
        shortcuts.filter(other => other.keys[0] === keys[0] && other.keys.length !== keys.length),
      ).toEqual([])
    }
  })

  it('forgets the first key after a while', () => {
    expect(type(press('g', { at: 0 }), press('s', { at: 1400 }))).toEqual([null, 'go-servers'])
    expect(type(press('g', { at: 0 }), press('s', { at: 1600 }))).toEqual([null, null])
  })

  it('takes a key on its own when it does not go on what was begun', () => {
    expect(type(press('g'), press('x'), press('j'))).toEqual([null, null, 'next-row'])
  })

  it.each([{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { taken: true }])(
    'leaves keys alone with %o',
    more => {
      expect(type(press('/', more))).toEqual([null])
      expect(type(press('g'), press('s', more))).toEqual([null, null])
    },
  )

  it('does not mind shift on the way to a question mark', () => {
    expect(type(press('Shift'), press('?'))).toEqual([null, 'help'])
  })
})
