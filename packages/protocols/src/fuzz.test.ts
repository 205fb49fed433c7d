import { describe, expect, test } from 'vitest'
import { textCodec } from '../fuzz/codec.ts'
import { codecs } from '../fuzz/codecs.ts'
import { FuzzFailure, fuzz } from '../fuzz/fuzz-one.ts'
import { ProtocolError } from './protocol-error.ts'

describe('each codec survives broken input', () => {
  test.each(codecs)('$name', codec => {
    const tally = fuzz(codec, 3000, 7)
    expect(tally.inputs).toBe(3000)
    // Not everything was refused at the first byte.
    expect(tally.kinds).toBeGreaterThan(1)
    expect(tally.refused).toBeLessThan(3000)
  })
})

describe('the harness', () => {
  const codec = (run: (text: string) => string) => textCodec('test', ['seed'], ['x'], run)

  test('notices anything that is thrown but a ProtocolError, and says for which input', () => {
    const broken = codec(text => {
      if (text.includes('x')) throw new TypeError('defect')
      throw new ProtocolError('malformed', 'refused')
    })
    const failure = (() => {
      try {
        fuzz(broken, 10_000, 1)
      } catch (error) {
        return error
      }
      return null
    })()
    expect(failure).toBeInstanceOf(FuzzFailure)
    expect(failure instanceof FuzzFailure ? Buffer.from(failure.input).toString() : '').toContain('x')
  })

  test('gives the same inputs for the same seed, and others for another', () => {
    const inputs = (seed: number) => {
      const seen: string[] = []
      fuzz(
        codec(text => text.slice(0, 1)),
        200,
        seed,
        input => seen.push(Buffer.from(input).toString('hex')),
      )
      return seen
    }
    expect(inputs(1)).toEqual(inputs(1))
    expect(inputs(1)).not.toEqual(inputs(2))
    expect(new Set(inputs(1)).size).toBeGreaterThan(100)
  })
})
