import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatCpuList } from './cpu-list.ts'
import { parseTopology } from './topology.ts'

/** As the command prints it, in the shell's order: cpu10 before cpu2. */
function printed(cores: readonly (readonly number[])[]): string {
  return cores
    .flatMap(core =>
      core.map(
        number =>
          `/sys/devices/system/cpu/cpu${number}/topology/thread_siblings_list:${formatCpuList(core)}\n`,
      ),
    )
    .sort()
    .join('')
}

describe('the topology of a machine', () => {
  test('is read from what a virtual machine with two cores prints', () => {
    const text = `/sys/devices/system/cpu/cpu0/topology/thread_siblings_list:0
/sys/devices/system/cpu/cpu1/topology/thread_siblings_list:1
`
    expect(parseTopology(text)).toEqual([[0], [1]])
  })

  test('joins the threads of a core, whether they are numbered side by side or in halves', () => {
    expect(
      parseTopology(
        printed([
          [0, 1],
          [2, 3],
        ]),
      ),
    ).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(
      parseTopology(
        printed([
          [0, 4],
          [1, 5],
          [2, 6],
          [3, 7],
        ]),
      ),
    ).toEqual([
      [0, 4],
      [1, 5],
      [2, 6],
      [3, 7],
    ])
  })

  test('is that of the cores that are there, in their order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4 }), (count, threads) => {
        const cores = Array.from({ length: count }, (_, core) =>
          Array.from({ length: threads }, (_, thread) => core + thread * count),
        )
        expect(parseTopology(printed(cores))).toEqual(cores)
      }),
    )
  })

  test.each([
    ['nothing', ''],
    ['an error message', 'grep: /sys/devices/system/cpu: No such file or directory\n'],
    ['a core that is not its own sibling', '/sys/devices/system/cpu/cpu0/topology/thread_siblings_list:1\n'],
    [
      'siblings that contradict each other',
      '/sys/devices/system/cpu/cpu0/topology/thread_siblings_list:0-1\n/sys/devices/system/cpu/cpu1/topology/thread_siblings_list:1\n',
    ],
    ['a sibling that is missing', '/sys/devices/system/cpu/cpu0/topology/thread_siblings_list:0-1\n'],
    ['a core twice', '/sys/devices/system/cpu/cpu0/topology/thread_siblings_list:0\n'.repeat(2)],
  ])('is refused when it is %s', (_, text) => {
    expect(() => parseTopology(text)).toThrow(expect.objectContaining({ code: 'unreadable-facts' }))
  })
})
