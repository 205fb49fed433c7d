import { expect, test } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { useGameBed } from '../support/game-bed.ts'
import { directive } from '../support/guards.ts'

describeWith(['root'], 'the only server of a host', () => {
  const bed = useGameBed()

  /** How many of so many starts, each followed by a stop, succeed. */
  const starts = async (count: number): Promise<number> => {
    const server = await bed().server(1)
    // Of what is started at boot systemd doesn't forget how often it was started.
    await server.power('enable')
    await bed().container.succeed('systemctl daemon-reload')
    let succeeded = 0
    for (let round = 0; round < count; round += 1) {
      if ((await server.ask('start')).code === 0) succeeded += 1
      await server.power('stop')
    }
    return succeeded
  }

  test('can be started and stopped as often and as fast as one likes', async () => {
    expect(await starts(8)).toBe(8)
  })

  // The control: what belongs to a journal namespace comes and goes with it, and Debian's limit counts.
  test('could not without what left4me says about the journal’s units', async () => {
    const limit = '[Unit]\nStartLimitIntervalSec=1h'
    await using _off = await directive('limit', 'systemd-journald-sync@left4me.service', limit).off(
      bed().container,
    )
    expect(await starts(8)).toBeLessThan(8)
  })
})
