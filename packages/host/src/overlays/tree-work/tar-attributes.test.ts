import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseTarAttributes } from './tar-attributes.ts'

it('takes anything for an archive that ends where it is none', () => {
  const word = fc.constantFrom(
    'ustar',
    '12 a=b\n',
    '\0'.repeat(100),
    '30 SCHILY.xattr.user.overlay.x=y\n',
    'x',
    '5',
    '77',
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), fc.nat(600), (words, shift) => {
      const archive = Buffer.concat([Buffer.alloc(shift), Buffer.from(words.join('')), Buffer.alloc(1024)])
      expect(parseTarAttributes(archive)).toBeInstanceOf(Map)
      expect(parseTarAttributes(archive.subarray(shift % 257))).toBeInstanceOf(Map)
    }),
  )
})
