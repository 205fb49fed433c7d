import { parseAddonInfo } from '../../src/content/addon-info.ts'
import { parseMission } from '../../src/content/mission.ts'
import { parseSteamInf } from '../../src/content/steam-inf.ts'
import { applyConditions } from '../../src/keyvalues/condition.ts'
import type { KeyValuesPair } from '../../src/keyvalues/pair.ts'
import { parseKeyValues } from '../../src/keyvalues/parse.ts'
import { writeKeyValues } from '../../src/keyvalues/write.ts'
import { ProtocolError } from '../../src/protocol-error.ts'
import { parseAppManifest } from '../../src/steamcmd/app-manifest.ts'
import { parseWorkshopManifest } from '../../src/steamcmd/workshop-manifest.ts'
import { readVpkHeader } from '../../src/vpk/header.ts'
import { isSafeVpkPath, readVpkTree } from '../../src/vpk/tree.ts'
import { parseSteamJson } from '../../src/web-api/json-value.ts'
import {
  readPlayerSummaries,
  readServersAtAddress,
  readUpToDateCheck,
} from '../../src/web-api/players-and-servers.ts'
import { readCollections, readPublishedFiles } from '../../src/web-api/published-files.ts'
import { bytesCodec, check, type FuzzCodec, magnitude, textCodec } from '../codec.ts'

const words = [
  '"',
  '{',
  '}',
  '[$X360]',
  '[!$WIN32||$X]',
  '//',
  '\\',
  '\\"',
  '\n',
  '#include',
  '#base',
  '\ufeff',
  '\0',
  'a b ',
]
const mission =
  '"mission" { "Name" "A" // x\n"Website" "http://a//b" "survivor_set" "1" "modes" { "coop" { "1" { "Map" "m1" "DisplayName" "#x" } "x360ctx" "y" [$X360] } "versus" { "1" { Map m1 } } } }'
const appManifest =
  '"AppState"\n{\n\t"appid"\t\t"222860"\n\t"StateFlags"\t\t"4"\n\t"buildid"\t\t"10097"\n\t"SizeOnDisk"\t\t"9710287462"\n}\n'
const workshopManifest =
  '"AppWorkshop"\n{\n\t"appid"\t\t"550"\n\t"WorkshopItemsInstalled"\n\t{\n\t\t"213445426"\n\t\t{\n\t\t\t"size"\t\t"203791"\n\t\t\t"manifest"\t\t"-1"\n\t\t\t"ugchandle"\t\t"-4673088071463086127"\n\t\t}\n\t}\n}\n'

function keyValues(escapes: boolean): FuzzCodec {
  const name = escapes ? 'keyvalues-escapes' : 'keyvalues'
  const seeds = [
    mission,
    appManifest,
    '"a" "x\\"y" [$A || !$B]\nb { c d } "Map""x"',
    'AddonList { "workshop\\1.vpk" "1" }',
  ]
  return {
    ...textCodec(name, seeds, words, () => ''),
    // The bytes themselves: finding out the encoding is a part of it.
    run: bytes => {
      const { pairs, warnings, encoding } = parseKeyValues(bytes, { escapes })
      const written = tryToWrite(pairs, escapes)
      if (written !== null) {
        const again = parseKeyValues(written, { escapes }).pairs
        check(
          JSON.stringify(again) === JSON.stringify(pairs),
          'Written and read again, it is something else.',
        )
      }
      applyConditions(pairs)
      return `${encoding} ${warnings.length} ${magnitude(pairs.length)} ${depthOf(pairs)} ${written === null}`
    },
  }
}

function tryToWrite(pairs: readonly KeyValuesPair[], escapes: boolean): string | null {
  try {
    return writeKeyValues(pairs, { escapes })
  } catch (error) {
    if (error instanceof ProtocolError && error.code === 'bad-input') return null
    throw error
  }
}

function depthOf(pairs: readonly KeyValuesPair[]): number {
  return pairs.reduce(
    (most, { value }) => Math.max(most, typeof value === 'string' ? 1 : 1 + depthOf(value)),
    0,
  )
}

/** What the readers of one input said, or that they refused it. */
function outcomesOf<T>(input: T, readers: readonly ((input: T) => unknown)[]): string {
  const outcomes = readers.map(read => {
    try {
      const value = read(input)
      return Array.isArray(value) ? magnitude(value.length) : 'read'
    } catch (error) {
      if (error instanceof ProtocolError) return error.message.replace(/\d+|“[^”]*”/g, 'N').slice(0, 40)
      throw error
    }
  })
  return outcomes.join(' / ')
}

const content = textCodec(
  'content',
  [
    mission,
    '"AddonInfo" { addonSteamAppID 550 addontitle "x" addonContent_Campaign 1 addonContent_Map "0" }',
    appManifest,
    workshopManifest,
    'PatchVersion=2.2.4.3\r\nappID=550\n',
  ],
  [...words, '"modes"', '"Map"', 'addonContent_', '"appid"', '-1', '99999999999999999999', 'PatchVersion='],
  text =>
    outcomesOf(text, [parseMission, parseAddonInfo, parseAppManifest, parseWorkshopManifest, parseSteamInf]),
)

const entry = '00000000 0000 ff7f 00000000 01000000 ffff'
const vpk = bytesCodec(
  'vpk',
  [
    `3412aa55 01000000 1d000000 'txt' 00 'a' 00 'b' 00 ${entry} 00 00 00 'x'`,
    `3412aa55 02000000 1d000000 01000000 00000000 30000000 00000000 'txt' 00 20 00 'b' 00 ${entry} 00 00 00 'x'`,
    "3412aa55 01000000 21000000 'bsp' 00 'maps' 00 '..' 00 00000000 0000 0300 00000000 01000000 ffff 00 00 00",
    '504b0304 0000000000000000',
  ],
  [
    '3412aa55',
    '01000000',
    '02000000',
    `'b' 00 ${entry}`,
    "'txt' 00 'a' 00",
    '00',
    'ffff',
    'ff7f',
    "'..'",
    "'/'",
  ],
  bytes => {
    const header = readVpkHeader(bytes.subarray(0, 28), bytes.length)
    const dataStart = header.treeOffset + header.treeBytes
    const { entries, duplicates } = readVpkTree(
      bytes.subarray(header.treeOffset, dataStart),
      header,
      bytes.length,
    )
    for (const found of entries) {
      check(
        found.preloadOffset + found.preloadBytes <= header.treeBytes,
        'Preloaded bytes outside of the tree.',
      )
      const end = dataStart + found.offset + found.length
      check(found.archive !== null || end <= bytes.length, 'A file outside of the VPK.')
      const unsafe = /(?:^|\/)\.\.?(?:\/|$)|^\/|\\|\0/.test(found.path)
      check(!(unsafe && isSafeVpkPath(found.path)), 'An unsafe path counts as safe.')
    }
    const safe = entries.every(found => isSafeVpkPath(found.path))
    return `${header.version} ${magnitude(entries.length)} ${magnitude(duplicates)} ${safe}`
  },
)

const webApi = textCodec(
  'web-api',
  [
    '{"response":{"result":1,"publishedfiledetails":[{"publishedfileid":"1","result":1,"file_size":"5","hcontent_file":13773656002246465489,"tags":[{"tag":"x"}],"banned":0}]}}',
    '{"response":{"collectiondetails":[{"publishedfileid":"100","result":1,"children":[{"publishedfileid":"2","sortorder":1,"filetype":2}]}]}}',
    '{"response":{"players":[{"steamid":"76561197960287930","communityvisibilitystate":3}]}}',
    '{"response":{"success":true,"up_to_date":false,"required_version":2244,"servers":[{"addr":"203.0.113.9:27015"}]}}',
  ],
  [
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"response"',
    '"publishedfileid"',
    'null',
    '-1',
    '1e999',
    '18446744073709551616',
    '"__proto__"',
  ],
  text =>
    outcomesOf(parseSteamJson(text), [
      readPublishedFiles,
      readCollections,
      readPlayerSummaries,
      readUpToDateCheck,
      readServersAtAddress,
    ]),
)

export const fileCodecs: readonly FuzzCodec[] = [keyValues(false), keyValues(true), content, vpk, webApi]
