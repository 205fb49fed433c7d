import { findConflicts, MergedTree } from '@left4me/protocols'
import { expect, test } from 'vitest'
import { stackedLayers, workshopLayers } from './made-layers.ts'

test('the Workshop layers have as many entries as asked for, and something in common', () => {
  const layers = workshopLayers(4, 2000)
  const names = layers.flatMap(({ vpks }) =>
    vpks.flatMap(({ contents }) => contents.flatMap(folder => folder.names)),
  )
  expect([layers.length, names.length]).toEqual([4, 2000])
  const { conflicts } = findConflicts(layers.map((index, at) => ({ name: `${at}`, index })))
  expect(conflicts).toMatchObject([{ code: 'same-look', count: 5, places: { length: 4 } }])
})

test('the stacked layers hide some of the installation and add to it', () => {
  const tree = MergedTree.of(stackedLayers(1000, 3))
  expect(tree.files).toBe(1000 + 3 * 50)
  expect(tree.find('left4dead2/game/content/0/file_number_0.dat')).toMatchObject({
    layer: 0,
    hides: [{ layer: 1 }, { layer: 2 }, { layer: 3 }],
  })
})
