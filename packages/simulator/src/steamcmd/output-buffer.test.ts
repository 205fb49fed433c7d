import { describe, expect, it } from 'vitest'
import { OutputBuffer } from './output-buffer.ts'

describe('buffered output', () => {
  it('comes in whole blocks, and the rest when it is flushed, in order', () => {
    const blocks: string[] = []
    const output = new OutputBuffer(4, text => blocks.push(text))
    for (const text of ['a', 'bc', 'defghij', '']) output.print(text)
    expect(blocks).toEqual(['abcd', 'efgh'])
    output.flush()
    output.flush()
    expect(blocks).toEqual(['abcd', 'efgh', 'ij'])
  })

  it('holds nothing back when a block has no size', () => {
    const blocks: string[] = []
    new OutputBuffer(0, text => blocks.push(text)).print('a')
    expect(blocks).toEqual(['a'])
  })
})
