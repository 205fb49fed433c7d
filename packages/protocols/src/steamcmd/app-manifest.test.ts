import { expect, test } from 'vitest'
import { parseAppManifest } from './app-manifest.ts'

const manifest = (flags: string) => `"AppState"
{
	"appid"		"222860"
	"Universe"		"1"
	"name"		"Left 4 Dead 2 Dedicated Server"
	"StateFlags"		"${flags}"
	"installdir"		"Left 4 Dead 2 Dedicated Server"
	"LastUpdated"		"1790454103"
	"SizeOnDisk"		"9710287462"
	"buildid"		"10097"
	"UserConfig" { }
}
`

test('reads build, size and state of a complete installation', () => {
  expect(parseAppManifest(manifest('4'))).toEqual({
    appId: 222860,
    name: 'Left 4 Dead 2 Dedicated Server',
    buildId: '10097',
    sizeOnDisk: 9710287462,
    stateFlags: 4,
    complete: true,
    lastUpdated: 1790454103000,
    installDirectory: 'Left 4 Dead 2 Dedicated Server',
  })
})

test.each(['2', '6', '1026', '', 'x'])('is not complete with state flags %j', flags => {
  expect(parseAppManifest(manifest(flags)).complete).toBe(false)
})

test('knows no build before the first download', () => {
  expect(parseAppManifest('"AppState" { "appid" "222860" "StateFlags" "2" }')).toMatchObject({
    buildId: null,
    sizeOnDisk: null,
    lastUpdated: null,
    complete: false,
  })
})

test.each(['', '"AppState" { }', '"Other" { "appid" "1" }', '"AppState" { "appid" "-1" }', '"AppState"'])(
  'refuses what is no app manifest: %j',
  text => {
    expect(() => parseAppManifest(text)).toThrow(expect.objectContaining({ code: 'malformed' }))
  },
)
