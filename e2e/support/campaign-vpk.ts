import { packVpk } from '../../packages/simulator/src/vpk-file.ts'

/** An addon with a campaign of three chapters, of about that many bytes. */
export function campaignVpk({
  name,
  title,
  size = 0,
}: {
  name: string
  title: string
  size?: number
}): Buffer {
  const maps = ['street', 'rooftops', 'harbour'].map((place, index) => `${name}${index + 1}_${place}`)
  const chapters = maps.map(
    (map, index) => `"${index + 1}" { "Map" "${map}" "DisplayName" "${map.split('_')[1]}" }`,
  )
  return packVpk([
    {
      path: 'addoninfo.txt',
      content: Buffer.from(
        `"AddonInfo" { addonSteamAppID 550 addontitle "${title}" addonversion 2 addonauthor "left4me" }\n`,
      ),
    },
    {
      path: `missions/${name}.txt`,
      content: Buffer.from(
        `"mission" { "Name" "${name}" "Version" "2" "DisplayTitle" "${title}" "modes" { "coop" { ${chapters.join(' ')} } } }\n`,
      ),
    },
    ...maps.map((map, index) => ({
      path: `maps/${map}.bsp`,
      content: Buffer.concat([Buffer.from('VBSP'), filling(index === 0 ? size : 100)]),
    })),
  ])
}

/** Bytes that look like nothing else. */
function filling(size: number): Buffer {
  const content = Buffer.alloc(size)
  for (let at = 0; at < size; at += 4096) content.writeUInt8((at / 4096) % 251, at)
  return content
}
