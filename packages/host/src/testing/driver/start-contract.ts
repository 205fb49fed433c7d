import { expect, it } from 'vitest'
import { patient, saysEventually, specification, textsOf } from '../instances.ts'
import type { DriverHarness } from './driver-harness.ts'

/** What every driver must show of starts, of those that fail and of several at once. */
export function startContract(current: () => DriverHarness): void {
  it('resolves when the program was executed, with its process', async () => {
    const { host } = current()
    const status = await host.start(specification(1, 'idle'))
    expect(status).toMatchObject({ instanceId: 1, phase: 'running', restarts: 0, reason: null })
    expect(status.pid).toBeGreaterThan(1)
    expect(status.processStart).not.toBeNull()
    expect(await host.list()).toEqual([status])
  })

  it("passes the platform's arguments before the instance's own, each as one", async () => {
    const { host } = current()
    await host.start({
      ...specification(1, 'idle'),
      arguments: ['+hostname', 'two words', '*', '$HOME', "it's", '-fake', 'idle'],
    })
    await saysEventually(host, 1, 'started with')
    const line = (await textsOf(host, 1)).find(text => text.includes('started with'))
    expect(line).toBe(
      'started with -game left4dead2 -console -norestart -strictportbind -ip 0.0.0.0 -port 27015 +clientport 28015 +tv_port 29015 -steamport 30015 ' +
        "+hostname two words * $HOME it's -fake idle",
    )
  })

  it('changes nothing when it runs already', async () => {
    const { host } = current()
    const first = await host.start(specification(1, 'idle'))
    expect(await host.start(specification(1, 'end-seven'))).toEqual(first)
  })

  it('makes one process of two starts at once', async () => {
    const { host } = current()
    const [first, second] = await Promise.all([
      host.start(specification(1, 'idle')),
      host.start(specification(1, 'idle')),
    ])
    expect(second.pid).toBe(first.pid)
  })

  it('starts anew when it is asked to while it stops', async () => {
    const { host } = current()
    const first = await host.start(specification(1, 'idle'))
    const stopped = host.stop(1, { patience: patient })
    const second = await host.start(specification(1, 'idle'))
    expect(await stopped).toMatchObject({ pid: null })
    expect(second.phase).toBe('running')
    expect(second.pid).not.toBe(first.pid)
  })

  it.each([
    ['a line break', { arguments: ['+map\n-fake'] }],
    ['a NUL', { arguments: ['a\u0000b'] }],
    ['an empty argument', { arguments: [''] }],
    ['too many arguments', { arguments: Array.from({ length: 300 }, () => 'x') }],
    ['a port below 1024', { port: 80 }],
    ['a port that is no integer', { port: 27015.5 }],
    ['an id of 0', { instanceId: 0 }],
    ['a revision of 0', { layers: [{ overlayId: 1, revision: 0 }] }],
  ])('refuses %s and changes nothing', async (_, wrong) => {
    const { host } = current()
    await expect(host.start({ ...specification(1, 'idle'), ...wrong })).rejects.toMatchObject({
      name: 'HostError',
    })
    expect(await host.list()).toEqual([])
  })

  it('says that the game is missing, and fails the instance with that', async () => {
    const harness = current()
    const { host } = harness
    await harness.uninstall()
    await expect(host.start(specification(1, 'idle'))).rejects.toMatchObject({
      code: 'not-installed',
      remedy: expect.stringContaining('Install'),
    })
    expect(await host.status(1)).toMatchObject({
      phase: 'failed',
      pid: null,
      reason: { code: 'program-missing' },
    })
  })

  it('names the layer that is missing, and fails the instance with that', async () => {
    const { host } = current()
    await expect(host.start(specification(1, 'idle', [7]))).rejects.toMatchObject({
      code: 'layer-missing',
      message: expect.stringContaining('overlay 7'),
    })
    expect(await host.status(1)).toMatchObject({ phase: 'failed', reason: { code: 'mount-failed' } })
  })

  it('works again after a failure, which it clears', async () => {
    const { host } = current()
    await expect(host.start(specification(1, 'idle', [7]))).rejects.toThrow()
    expect(await host.start(specification(1, 'idle'))).toMatchObject({ phase: 'running', reason: null })
  })
}
