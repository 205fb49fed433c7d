import { expect, it } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { useGameBed } from '../support/game-bed.ts'

describeWith(['root'], 'a host that is rebooted', () => {
  const bed = useGameBed()

  it('has the servers back that start at boot, and no others', async () => {
    const [one, two, three, four] = await Promise.all([1, 2, 3, 4].map(number => bed().server(number)))
    if (!one || !two || !three || !four) throw new Error('four servers were asked for')
    for (const server of [one, two, three, four]) await server.power('start')
    for (const server of [one, two]) await server.power('enable')
    // Its owner stopped it; a stop says nothing about the next boot.
    for (const verb of ['enable', 'stop'] as const) await three.power(verb)
    await bed().container.succeed('echo kept >/var/lib/left4me/runtime/1/merged/kept.txt')

    await bed().reboot()

    for (const server of [one, two, three]) {
      await bed().network.joinable(server.port)
      expect(await server.state()).toMatchObject({ SubState: 'running', NRestarts: '0' })
    }
    expect(await four.state()).toMatchObject({ ActiveState: 'inactive', UnitFileState: 'disabled' })
    expect(await four.mountId()).toBeNull()
    expect(await bed().container.succeed('cat /var/lib/left4me/runtime/1/merged/kept.txt')).toBe('kept')
    expect(await bed().container.succeed('systemctl is-system-running')).toBe('running')
  })
})
