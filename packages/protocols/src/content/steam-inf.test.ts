import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSteamInf } from './steam-inf.ts'

test('reads the version as it is printed and as Steam asks for it', () => {
  const inf = parseSteamInf(
    'PatchVersion=2.2.4.3\r\nProductName=left4dead2\r\nappID=550\r\nClientVersion=2243\r\n',
  )
  expect(inf).toMatchObject({ patchVersion: '2.2.4.3', versionNumber: '2243', appId: 550 })
  expect(inf.values.get('productname')).toBe('left4dead2')
})

test('knows nothing where nothing is', () => {
  expect(parseSteamInf('\ufeff// nothing\n=x\n')).toMatchObject({
    patchVersion: null,
    versionNumber: null,
    appId: null,
  })
  expect(parseSteamInf('PatchVersion=simulated').versionNumber).toBeNull()
})

test('throws for no text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => void parseSteamInf(text)))
})
