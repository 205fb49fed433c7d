import { join, normalize } from 'node:path'
import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { pathComponents } from './relative-path.ts'

it('takes paths apart', () => {
  expect(pathComponents('left4dead2/cfg/server.cfg')).toEqual(['left4dead2', 'cfg', 'server.cfg'])
  expect(pathComponents('…/ä b')).toEqual(['…', 'ä b'])
})

test('what it lets through stays below its root', () => {
  const piece = fc.constantFrom('a', '.', '..', '/', '\\', '\u0000', 'ä', ' ')
  fc.assert(
    fc.property(fc.string({ unit: piece, minLength: 1 }), path => {
      let components: string[]
      try {
        components = pathComponents(path)
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-path' })
        return
      }
      expect(join('/root', ...components)).toBe(`/root/${path}`)
      expect(normalize(path)).toBe(path)
    }),
  )
})
