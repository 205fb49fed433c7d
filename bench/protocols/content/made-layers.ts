import { foldersOf, type LayerFile, type LayerIndex } from '@left4me/protocols'

const filesPerFolder = 50

/** Every so many files one has the name of one in every other VPK. */
const sharedEvery = 100

/**
 * One layer for each VPK, as Workshop items are: a campaign with its map, and mostly materials and models; one in a
 * hundred files is in all of them. Made from nothing but the numbers.
 */
export function workshopLayers(vpks: number, entries: number): LayerIndex[] {
  const each = Math.floor(entries / vpks)
  return Array.from({ length: vpks }, (_value, number): LayerIndex => {
    const path = `left4dead2/addons/${100_000_000 + number}.vpk`
    const folders = Math.ceil((each - 2) / filesPerFolder)
    let left = each - 2
    const contents = Array.from({ length: folders }, (_folder, folder) => {
      const names = Array.from({ length: Math.min(left, filesPerFolder) }, (_file, file) => {
        const shared = (folder * filesPerFolder + file) % sharedEvery === 0
        return shared ? `texture_${folder}_${file}.vmt` : `texture_${number}_${folder}_${file}.vmt`
      })
      left -= names.length
      return { path: `materials/models/some/props_${folder}`, names }
    })
    return {
      folders: foldersOf([{ path, size: 50_000_000, mode: 0o644 }]),
      missions: [],
      vpks: [
        {
          path,
          size: 50_000_000,
          identity: `identity ${number}`,
          title: `Campaign ${number}`,
          author: 'somebody',
          version: '1',
          image: null,
          contents: [
            ...contents,
            { path: 'maps', names: [`map_${number}.bsp`] },
            { path: 'missions', names: [`campaign_${number}.txt`] },
          ],
          missions: [mission(number)],
        },
      ],
    }
  })
}

function mission(number: number): LayerIndex['missions'][number] {
  const chapters = [{ number: 1, map: `map_${number}`, title: 'The start', image: null }]
  return {
    path: `missions/campaign_${number}.txt`,
    name: `campaign${number}`,
    version: '1',
    author: 'somebody',
    website: null,
    title: `Campaign ${number}`,
    description: null,
    image: null,
    survivorSet: 2,
    modes: [{ mode: 'coop', chapters }],
  }
}

/** An installation of so many files, and layers above it of which each brings a tenth as many, half of them its own. */
export function stackedLayers(files: number, layers: number): LayerIndex[] {
  const index = (list: readonly LayerFile[]): LayerIndex => ({
    folders: foldersOf(list),
    vpks: [],
    missions: [],
  })
  const file = (number: number, folder: string): LayerFile => ({
    path: `left4dead2/${folder}/${Math.floor(number / filesPerFolder)}/file_number_${number}.dat`,
    size: number,
    mode: 0o644,
  })
  const upper = Array.from({ length: layers }, (_value, layer) =>
    index(
      Array.from({ length: Math.floor(files / 10) }, (_file, number) =>
        file(number * 2, number % 2 === 0 ? 'game/content' : `layer_${layer}/content`),
      ),
    ),
  )
  return [...upper, index(Array.from({ length: files }, (_file, number) => file(number, 'game/content')))]
}
