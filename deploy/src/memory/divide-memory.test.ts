import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { divideMemory, memoryDropIns } from './divide-memory.ts'

describe('the memory of a host', () => {
  test('leaves the system an eighth, and a server what its unit says', () => {
    expect(divideMemory(16_384)).toEqual({
      serverHigh: 1536,
      serverMax: 2048,
      togetherMax: 14_336,
      gamesLow: 4096,
    })
  })

  test('gives a server less on a small machine', () => {
    expect(divideMemory(2048)).toMatchObject({ serverHigh: 1152, serverMax: 1536, togetherMax: 1536 })
  })

  test('protects games on both levels, and repeats no value that the unit has already', () => {
    const settings = (total: number) =>
      memoryDropIns(divideMemory(total)).map(({ path, content }) => [
        path.split('/').at(-2),
        content.split('\n').filter(line => line.startsWith('Memory')),
      ])
    expect(settings(16_384)).toEqual([
      ['l4d2.slice.d', ['MemoryMax=14336M', 'MemoryLow=4096M']],
      ['l4d2-game.slice.d', ['MemoryLow=4096M']],
    ])
    expect(settings(2048)).toContainEqual([
      'left4me-server@.service.d',
      ['MemoryHigh=1152M', 'MemoryMax=1536M'],
    ])
  })

  test('never promises what is not there', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1_000_000 }),
        fc.option(fc.nat({ max: 100_000 }), { nil: undefined }),
        (total, wish) => {
          try {
            const { serverHigh, serverMax, togetherMax, gamesLow } = divideMemory(total, wish)
            expect(serverMax).toBe(wish ?? Math.min(2048, togetherMax))
            expect(serverHigh).toBeLessThan(serverMax)
            expect(serverMax).toBeLessThanOrEqual(togetherMax)
            expect(togetherMax).toBeLessThanOrEqual(total - 512)
            expect(gamesLow).toBeLessThan(togetherMax)
          } catch (error) {
            expect(error).toMatchObject({ code: 'bad-memory' })
          }
        },
      ),
    )
  })

  test('that is too small for one server is refused', () => {
    expect(() => divideMemory(1024)).toThrow('1024 MiB of memory are too little')
    expect(() => divideMemory(4096, 4000)).toThrow("can't have 4000 MiB")
  })
})
