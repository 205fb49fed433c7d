import { expect, test } from 'vitest'
import { coreSentences, coreTiles } from './core-tiles.ts'

test('cores that only games may use are reserved, and the rest says who shares it', () => {
  const tiles = coreTiles(4, { games: [2, 3], builds: [0, 1], system: [0] })
  expect(tiles.map(({ parts, reserved }) => [parts.join('+'), reserved])).toEqual([
    ['builds+system', false],
    ['builds', false],
    ['games', true],
    ['games', true],
  ])
})

test('a core that is left out is unused', () => {
  expect(coreTiles(2, { games: [1], builds: [1], system: [1] })[0]).toMatchObject({
    parts: ['unused'],
    reserved: false,
  })
})

test('where nothing is pinned, everything runs everywhere', () => {
  expect(coreTiles(1, null)).toMatchObject([{ parts: ['games', 'builds', 'system'], reserved: false }])
  expect(coreSentences(null)).toHaveLength(1)
})

test('is told in sentences', () => {
  expect(coreSentences({ games: [2, 3, 4], builds: [0], system: [0, 1] })).toEqual([
    'Servers share cores 2–4, and nothing else runs there.',
    'Builds run on core 0.',
    'Everything else runs on cores 0, 1.',
  ])
  expect(coreSentences({ games: [0], builds: [0], system: [0] })[0]).toBe(
    'Servers run on core 0, together with other things.',
  )
})
