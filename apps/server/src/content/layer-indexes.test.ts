import { HostError } from '@left4me/host'
import { encodeLayerIndex } from '@left4me/protocols'
import { describe, expect, test } from 'vitest'
import { LayerIndexes } from './layer-indexes.ts'

const text = encodeLayerIndex({
  folders: [{ path: '', files: [{ name: 'a', size: 1, mode: 0o644 }] }],
  vpks: [],
  missions: [],
})

function indexes(limit: number) {
  const reads: string[] = []
  const host = { missing: false }
  const kept = new LayerIndexes({
    limit,
    store: () => ({
      readIndex: async ({ overlayId, revision }) => {
        reads.push(`${overlayId}/${revision}`)
        if (host.missing) throw new HostError('layer-missing', 'It is gone.')
        return text
      },
    }),
  })
  return { reads, host, of: (overlayId: number, revision = 1) => kept.of({ overlayId, revision }) }
}

describe('indexes of revisions', () => {
  test('are read once, also when many ask at the same time', async () => {
    const { reads, of } = indexes(10 * text.length)
    const [first, second] = await Promise.all([of(1), of(1), of(1, 2)])
    expect(first).toBe(second)
    await of(1)
    expect(reads).toEqual(['1/1', '1/2'])
  })

  test('are forgotten where there is no more room, those first that nobody asked for longest', async () => {
    const { reads, of } = indexes(2 * text.length)
    for (const id of [1, 2, 1, 3, 1, 2]) await of(id)
    expect(reads).toEqual(['1/1', '2/1', '3/1', '2/1'])
  })

  test('that could not be read are read again', async () => {
    const { reads, host, of } = indexes(10 * text.length)
    host.missing = true
    await expect(of(1)).rejects.toMatchObject({ code: 'layer-missing' })
    host.missing = false
    expect((await of(1)).folders).toHaveLength(1)
    expect(reads).toEqual(['1/1', '1/1'])
  })
})
