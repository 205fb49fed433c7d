import { expect, test } from 'vitest'
import { parseKeyValues } from '../keyvalues/parse.ts'
import { writeKeyValues } from '../keyvalues/write.ts'
import { parseWorkshopManifest, withoutWorkshopItems } from './workshop-manifest.ts'

const text = `"AppWorkshop"
{
	"appid"		"550"
	"SizeOnDisk"		"3454306439"
	"NeedsUpdate"		"0"
	"NeedsDownload"		"1"
	"WorkshopItemsInstalled"
	{
		"213445426"
		{
			"size"		"203791"
			"timeupdated"		"1790454103"
			"manifest"		"-1"
			"ugchandle"		"-4673088071463086127"
		}
		"3405000001"
		{
			"size"		"5000000000"
			"timeupdated"		"0"
			"manifest"		"6521348529284512023"
		}
		"broken"		"1"
	}
	"WorkshopItemDetails"
	{
		"213445426"
		{
			"manifest"		"-1"
		}
	}
}
`

test('reads items, with 64-bit handles as the unsigned numbers that Steam itself uses', () => {
  expect(parseWorkshopManifest(text)).toEqual({
    appId: 550,
    sizeOnDisk: 3454306439,
    needsUpdate: false,
    needsDownload: true,
    items: [
      {
        itemId: '213445426',
        size: 203791,
        updatedAt: 1790454103000,
        manifest: null,
        contentHandle: '13773656002246465489',
      },
      {
        itemId: '3405000001',
        size: 5000000000,
        updatedAt: null,
        manifest: '6521348529284512023',
        contentHandle: null,
      },
    ],
  })
})

test('forgets an item in both lists, and nothing else', () => {
  const { pairs } = parseKeyValues(text)
  const left = writeKeyValues(withoutWorkshopItems(pairs, new Set(['213445426'])))
  expect(left).not.toContain('213445426')
  expect(parseWorkshopManifest(left).items.map(item => item.itemId)).toEqual(['3405000001'])
  expect(writeKeyValues(withoutWorkshopItems(pairs, new Set()))).toBe(text)
})

test.each(['', '"AppState" { "appid" "550" }', '"AppWorkshop" { }'])(
  'refuses what is no workshop manifest: %j',
  input => {
    expect(() => parseWorkshopManifest(input)).toThrow(expect.objectContaining({ code: 'malformed' }))
  },
)
