import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Host } from '../../../packages/host/src/host.ts'
import { eventually } from '../../../packages/host/src/testing/eventually.ts'
import {
  publishOverlay,
  saysEventually,
  specification,
} from '../../../packages/host/src/testing/instances.ts'
import { openSystemdHarness } from '../../../packages/host/src/testing/systemd-harness.ts'

describe('what a server uses, where the kernel’s controllers are not there', () => {
  let harness: Awaited<ReturnType<typeof openSystemdHarness>>
  let host: Host

  beforeAll(async () => {
    harness = await openSystemdHarness()
    host = harness.host
  })
  afterEach(() => harness.reset())
  afterAll(() => harness.dispose())

  const start = async (instanceId: number, script: string) => {
    await publishOverlay(host, instanceId, { 'fake-script.sh': script })
    await host.start(specification(instanceId, 'script', [instanceId]))
    await saysEventually(host, instanceId, 'ready')
  }

  it('is that of its own processes, children included', async () => {
    const wait = 'while :; do sleep 1000; done\n'
    await start(1, `echo ready\n${wait}`)
    await start(2, `for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done\necho ready\n${wait}`)
    // The shell's last child comes after its word.
    const [alone, many] = await eventually('all of both are there', async () => {
      const [one, other] = [await host.usage(1), await host.usage(2)]
      const count = one?.processes ?? 0
      return count >= 3 && other?.processes === count + 8 ? ([one, other] as const) : null
    })
    expect(many?.memoryBytes).toBeGreaterThan(alone?.memoryBytes ?? 0)
    expect(alone).toMatchObject({ memoryLimitBytes: null, processLimit: null, throttledSeconds: null })
  })

  it('grows in time of the processor by what it computes', async () => {
    await start(1, 'echo ready\nwhile :; do :; done\n')
    const before = (await host.usage(1))?.cpuSeconds ?? 0
    await eventually('it has computed', async () => ((await host.usage(1))?.cpuSeconds ?? 0) > before + 0.2)
  })

  it('is nothing once it is stopped, and anew when it is started again', async () => {
    // What a start itself costs on this machine; one that goes on from before would have more than ten times that.
    await host.start(specification(1, 'idle'))
    await saysEventually(host, 1, 'started')
    const enough = 10 * ((await host.usage(1))?.cpuSeconds ?? 0) + 0.5
    await host.stop(1)
    await start(1, 'echo ready\nwhile :; do :; done\n')
    await eventually(
      'it has computed',
      async () => ((await host.usage(1))?.cpuSeconds ?? 0) > enough,
      300_000,
    )
    await host.stop(1)
    expect(await host.usage(1)).toBeNull()
    await host.start(specification(1, 'idle'))
    expect((await host.usage(1))?.cpuSeconds).toBeLessThan(enough)
  })

  it('comes without a word about cores', async () => {
    expect((await host.machine()).pinning).toBeNull()
  })
})
