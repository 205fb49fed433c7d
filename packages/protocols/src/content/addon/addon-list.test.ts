import { expect, test } from 'vitest'
import { ProtocolError } from '../../protocol-error.ts'
import { readAddonList } from './addon-list.ts'

test('an addonlist.txt switches off what it gives a zero', () => {
  const text =
    '"AddonList"\r\n{\r\n\t"A.vpk"\t\t"0"\r\n\t"b.vpk"\t"1"\r\n\t"workshop\\\\123.vpk" "0"\r\n}\r\n'
  expect(readAddonList(text)).toEqual(new Set(['a.vpk']))
})

test('an addonlist.txt without a list switches nothing off', () => {
  expect(readAddonList('')).toEqual(new Set())
  expect(readAddonList('"Other" { "a.vpk" "0" }')).toEqual(new Set())
  expect(() => readAddonList('{')).toThrow(ProtocolError)
})
