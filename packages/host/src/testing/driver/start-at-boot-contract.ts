import { expect, it } from 'vitest'
import type { InstanceStatus } from '../../host.ts'
import { eventually } from '../eventually.ts'
import { specification } from '../instances.ts'
import type { DriverHarness } from './driver-harness.ts'

/** What every driver must show of `setStartAtBoot` without a boot. */
export function startAtBootContract(current: () => DriverHarness): void {
  it('is off until it is asked for, and off again when it is asked for', async () => {
    const { host } = current()
    expect(await host.start(specification(1, 'idle'))).toMatchObject({ startAtBoot: false })
    await host.setStartAtBoot(1, true)
    await host.setStartAtBoot(1, true)
    expect(await host.status(1)).toMatchObject({ startAtBoot: true, phase: 'running' })
    await host.setStartAtBoot(1, false)
    await host.setStartAtBoot(1, false)
    expect(await host.status(1)).toMatchObject({ startAtBoot: false, phase: 'running' })
  })

  it('neither starts nor stops anything now', async () => {
    const { host } = current()
    await host.start(specification(1, 'idle'))
    await host.stop(1)
    await host.setStartAtBoot(1, true)
    expect(await host.status(1)).toMatchObject({ startAtBoot: true, phase: 'stopped', pid: null })
  })

  it('is told to those who watch', async () => {
    const { host } = current()
    await host.start(specification(1, 'idle'))
    const seen: InstanceStatus[] = []
    host.subscribe(status => seen.push(status))
    await host.setStartAtBoot(1, true)
    await eventually('it is told', () => seen.at(-1)?.startAtBoot === true)
  })

  it('survives stop, start and a driver that is closed and opened', async () => {
    const { host } = current()
    await host.start(specification(1, 'idle'))
    await host.start(specification(2, 'idle'))
    await host.setStartAtBoot(1, true)
    await host.stop(1)
    await host.start(specification(1, 'idle'))
    await host.close()
    await host.open()
    const list = await host.list()
    expect(Object.fromEntries(list.map(status => [status.instanceId, status.startAtBoot]))).toEqual({
      1: true,
      2: false,
    })
  })

  it('is refused for one that was never started, and goes with one that is removed', async () => {
    const { host } = current()
    await expect(host.setStartAtBoot(1, true)).rejects.toMatchObject({ code: 'never-started' })
    await host.setStartAtBoot(1, false)
    expect(await host.list()).toEqual([])
    await host.start(specification(1, 'idle'))
    await host.setStartAtBoot(1, true)
    await host.stop(1)
    await host.remove(1)
    expect(await host.status(1)).toMatchObject({ startAtBoot: false })
    await host.start(specification(1, 'idle'))
    expect(await host.status(1)).toMatchObject({ startAtBoot: false })
  })
}
