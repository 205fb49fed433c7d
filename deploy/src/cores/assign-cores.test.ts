import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assignCores } from './assign-cores.ts'
import { coreDropIns } from './core-drop-ins.ts'

const fourCoresTwoThreads = [
  [0, 4],
  [1, 5],
  [2, 6],
  [3, 7],
]

describe('the cores of a host', () => {
  test('go to the games but for the first physical one, which the system gets with both threads', () => {
    expect(assignCores(fourCoresTwoThreads)).toEqual({
      pinned: true,
      assignment: { games: [1, 2, 3, 5, 6, 7], builds: [0, 4], system: [0, 4] },
    })
  })

  test('go to the system as it asks for them', () => {
    expect(assignCores(fourCoresTwoThreads, [7, 3, 2, 6])).toMatchObject({
      assignment: { games: [0, 1, 4, 5], system: [2, 3, 6, 7] },
    })
  })

  test('are shared when there is but one, and a sentence says so', () => {
    expect(assignCores([[0, 1]])).toEqual({ pinned: false, remark: expect.stringContaining('one core') })
  })

  test.each([
    ["that isn't there", fourCoresTwoThreads, [8], /Core 8 isn't there: this machine has 0-7/],
    ['of which only one thread is named', fourCoresTwoThreads, [0], /Processors 0,4 are threads of one core/],
    ['that is the last one left for games', [[0], [1]], [0, 1], /no core is left for games/],
    ['when it is the only one', [[0]], [0], /no core is left for games/],
    ['when none is named', fourCoresTwoThreads, [], /No core is named/],
  ] as const)('are refused to the system %s', (_, topology, system, sentence) => {
    expect(() => assignCores(topology, system)).toThrow(
      expect.objectContaining({ code: 'bad-cores', message: expect.stringMatching(sentence) }),
    )
  })

  test('are each given to the games or to the system, and no core is cut in two', () => {
    const topologies = fc
      .tuple(fc.integer({ min: 2, max: 32 }), fc.integer({ min: 1, max: 2 }))
      .map(([count, threads]) =>
        Array.from({ length: count }, (_, core) =>
          Array.from({ length: threads }, (_, thread) => core + thread * count),
        ),
      )
    fc.assert(
      fc.property(
        topologies,
        fc.array(fc.nat({ max: 70 }), { minLength: 1, maxLength: 8 }),
        (topology, system) => {
          let decision: ReturnType<typeof assignCores>
          try {
            decision = assignCores(topology, system)
          } catch (error) {
            expect(error).toMatchObject({ code: 'bad-cores' })
            return
          }
          if (!decision.pinned) throw new Error('a choice was passed over')
          const { games, system: given } = decision.assignment
          expect([...games, ...given].sort((a, b) => a - b)).toEqual(topology.flat().sort((a, b) => a - b))
          for (const core of topology)
            expect([0, core.length]).toContain(core.filter(n => games.includes(n)).length)
        },
      ),
    )
  })

  test('are pinned by one drop-in for each slice', () => {
    const files = coreDropIns({ games: [1, 2, 3, 5, 6, 7], builds: [0, 4], system: [0, 4] })
    expect(files.map(({ path, content }) => [path, content.match(/^\[.*/ms)?.[0]])).toEqual([
      [
        '/usr/local/lib/systemd/system/l4d2-game.slice.d/99-left4me-cpuset.conf',
        '[Slice]\nAllowedCPUs=1-3,5-7\n',
      ],
      [
        '/usr/local/lib/systemd/system/l4d2-build.slice.d/99-left4me-cpuset.conf',
        '[Slice]\nAllowedCPUs=0,4\n',
      ],
      ['/usr/local/lib/systemd/system/system.slice.d/99-left4me-cpuset.conf', '[Slice]\nAllowedCPUs=0,4\n'],
      ['/usr/local/lib/systemd/system/user.slice.d/99-left4me-cpuset.conf', '[Slice]\nAllowedCPUs=0,4\n'],
    ])
  })
})
