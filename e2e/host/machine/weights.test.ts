import { afterAll, beforeAll, expect } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { Bed } from '../support/bed.ts'
import { guarded, type Outcome } from '../support/guarded.ts'
import { all, directive } from '../support/guards.ts'
import { openMachine, patience } from '../support/machine.ts'

const slices = ['l4d2-game', 'l4d2-build', 'system'] as const
type Share = Readonly<Record<(typeof slices)[number], number>>

const equal = '[Slice]\nCPUWeight=100'
const betweenGamesAndBuilds = all([
  directive('CPUWeight=1000 of l4d2-game.slice', 'l4d2-game.slice', equal),
  directive('CPUWeight=10 of l4d2-build.slice', 'l4d2-build.slice', equal),
])
const betweenGamesAndSystem = directive('CPUWeight=400 of l4d2.slice', 'l4d2.slice', equal)

describeWith(['root'], 'the weights, where all want the same processor', () => {
  let bed: Bed

  beforeAll(async () => {
    bed = await openMachine()
  })
  afterAll(async () => {
    await bed?.succeed("systemctl stop 'busy-*'")
  })

  /** Microseconds on the processor that a busy program of each slice gets in the same few seconds. */
  const contend = async (): Promise<Share> => {
    const group = (name: string) => (name === 'system' ? 'system.slice' : `l4d2.slice/${name}.slice`)
    const read = slices
      .map(name => `sed -n 's/^usage_usec //p' /sys/fs/cgroup/${group(name)}/busy-${name}.service/cpu.stat`)
      .join('\n')
    const text = await bed.succeed(`
      systemctl stop 'busy-*'
      for name in ${slices.join(' ')}; do
        systemd-run --quiet --collect --unit=busy-$name --slice=$name.slice --property=AllowedCPUs=1 perl -e '1 while 1'
      done
      sleep 1
      ${read}
      sleep 8
      ${read}
      systemctl stop 'busy-*'`)
    const numbers = text.split('\n').map(Number)
    const used = slices.map(
      (name, index) => [name, (numbers[index + 3] ?? 0) - (numbers[index] ?? 0)] as const,
    )
    const share = Object.fromEntries(used) as Share
    expect(Math.min(...Object.values(share))).toBeGreaterThan(0)
    return share
  }

  guarded({
    attempt: 'a build takes a third or more of what a game gets',
    guard: betweenGamesAndBuilds,
    bed: () => bed,
    ...patience,
    probe: async (): Promise<Outcome> => {
      const share = await contend()
      return share['l4d2-build'] * 3 > share['l4d2-game'] ? 'succeeded' : 'refused'
    },
  })

  // Games and builds together have the weight of l4d2.slice; builds hardly take of it.
  guarded({
    attempt: 'the rest of the system takes more than half of what a game gets',
    guard: betweenGamesAndSystem,
    bed: () => bed,
    ...patience,
    probe: async (): Promise<Outcome> => {
      const share = await contend()
      return share.system * 2 > share['l4d2-game'] ? 'succeeded' : 'refused'
    },
  })
})
