import { expect, it } from 'vitest'
import { readPreview } from './read-preview.ts'

it('tells what an exported blueprint contains, and what is none', () => {
  expect(
    readPreview(
      '\ufeff{"left4me":"blueprint","version":1,"name":"Versus","description":"","arguments":["+map","x"],"config":["a"],' +
        '"overlays":[{"name":"A","kind":"script","script":[]},{"name":"B","kind":"upload","digest":null}]}',
    ),
  ).toEqual({
    name: 'Versus',
    description: '',
    arguments: 2,
    lines: 1,
    overlays: [
      { name: 'A', kind: 'script', hollow: false },
      { name: 'B', kind: 'upload', hollow: true },
    ],
  })
  for (const text of ['', '{', '[]', 'null', '{"left4me":"server"}', '{"left4me":"blueprint"}']) {
    expect(readPreview(text)).toBeNull()
  }
})
