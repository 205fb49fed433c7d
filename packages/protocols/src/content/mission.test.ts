import { describe, expect, test } from 'vitest'
import { parseAddonInfo } from './addon-info.ts'
import { parseMission } from './mission.ts'

const mission = `"mission" // comment
{
	"Name"		"TestCampaign"
	"Version"	"3"
	"Author"	"Somebody"
	"Website"	"http://example.invalid/a//b"
	"DisplayTitle"	"#title"
	"Description"	"One line
and another"
	"survivor_set"	"1"
	"poster" { "posterImage" "x" }
	"modes"
	{
		"coop"
		{
			"10" { "Map" "test_m10" "DisplayName" "Ten" }
			"x360ctx"	"CONTEXT"
			"2" { "Map""test_m2" "Image" "maps/test_m2" }
			"1" { "Map" "test_m1" [$WIN32] "Map" "console_m1" [$X360] }
			"3" { "Map" "../test" }
			"1" { "Map" "again" }
		}
		"VERSUS" { "1" { "Map" "test_m1" "VersusCompletionScore" "400" } }
		"survival" { } [$X360]
		"bad mode" { }
		"text" "not a mode"
	}
`

describe('parseMission', () => {
  test('reads modes and chapters in the order of their numbers, and says what it left out', () => {
    expect(parseMission(mission.replace('"survival" { } [$X360]', '"survival" [$X360] { }'))).toEqual({
      name: 'TestCampaign',
      version: '3',
      author: 'Somebody',
      website: 'http://example.invalid/a//b',
      title: '#title',
      description: 'One line\nand another',
      image: 'x',
      survivorSet: 1,
      modes: [
        {
          mode: 'coop',
          chapters: [
            { number: 1, map: 'test_m1', title: null, image: null },
            { number: 2, map: 'test_m2', title: null, image: 'maps/test_m2' },
            { number: 10, map: 'test_m10', title: 'Ten', image: null },
          ],
        },
        { mode: 'versus', chapters: [{ number: 1, map: 'test_m1', title: null, image: null }] },
      ],
      warnings: [
        'A section is never closed. (line 2)',
        'Chapter 3 of coop names no valid map.',
        'Chapter 1 of coop is there twice; the first counts.',
        'The mode “bad mode” is left out.',
      ],
    })
  })

  test('supposes the second game’s survivors', () => {
    expect(parseMission('mission { Name a }')).toMatchObject({ survivorSet: 2, modes: [] })
  })

  test.each(['', 'mission { }', 'mission { Name "" }', '"AddonInfo" { Name a }'])(
    'refuses what is none: %j',
    text => {
      expect(() => parseMission(text)).toThrow(expect.objectContaining({ code: 'malformed' }))
    },
  )
})

describe('parseAddonInfo', () => {
  test('reads what the addon says of itself, in its own encoding', () => {
    const text = `"AddonInfo"
{
	addonSteamAppID 550
	addontitle "Straße"
	addonversion 1.0
	addonauthor "a"
	addonURL0 "http://example.invalid"
	addonContent_Campaign 1
	addonContent_Map "1"
	addonContent_Skin 0
}`
    expect(parseAddonInfo(Buffer.from(text, 'latin1'))).toEqual({
      title: 'Straße',
      version: '1.0',
      author: 'a',
      tagline: null,
      description: null,
      url: 'http://example.invalid',
      appId: 550,
      content: ['campaign', 'map'],
      warnings: [],
    })
  })

  test('takes any root, and a missing brace', () => {
    expect(parseAddonInfo('"whatever" { addontitle x')).toMatchObject({
      title: 'x',
      warnings: [expect.any(String)],
    })
  })

  test.each(['', 'addontitle x', '"AddonInfo" "x"'])('refuses what has no section: %j', text => {
    expect(() => parseAddonInfo(text)).toThrow(expect.objectContaining({ code: 'malformed' }))
  })
})
