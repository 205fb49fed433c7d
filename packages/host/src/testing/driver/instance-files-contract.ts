import { expect, it } from 'vitest'
import { publishOverlay, readText, saysEventually, specification } from '../instances.ts'
import type { DriverHarness } from './driver-harness.ts'

/** What every driver must show of an instance's own files. */
export function instanceFilesContract(current: () => DriverHarness): void {
  it('refuses to reset or remove while it runs', async () => {
    const { host } = current()
    await host.start(specification(1, 'idle'))
    await expect(host.reset(1)).rejects.toMatchObject({ code: 'instance-running' })
    await expect(host.remove(1)).rejects.toMatchObject({ code: 'instance-running' })
  })

  it('removes everything that an instance has, also twice', async () => {
    const { host } = current()
    await host.start(specification(1, 'change'))
    await saysEventually(host, 1, 'changed')
    await host.stop(1)
    await host.remove(1)
    await host.remove(1)
    expect(await host.list()).toEqual([])
    expect(await host.logTail(1, 10)).toEqual([])
    expect(await host.files(1).read('left4dead2/new.txt', 1000)).toBeNull()
  })

  it("copies a server's own files, what it deleted included", async () => {
    const { host } = current()
    await host.start(specification(1, 'change'))
    await saysEventually(host, 1, 'changed')
    await host.copyUpper(1, 2, new AbortController().signal)
    await host.start(specification(2, 'idle'))
    expect(await readText(host, 'left4dead2/lower.txt', 2)).toBeNull()
    expect(await readText(host, 'left4dead2/both.txt', 2)).toBe('changed\n')
    expect(await readText(host, 'left4dead2/folder/inner.txt', 2)).toBe('inner\n')
    await expect(host.copyUpper(1, 2, new AbortController().signal)).rejects.toMatchObject({
      code: 'instance-running',
    })
  })

  it('writes into a running server too', async () => {
    const { host } = current()
    await host.start(specification(1, 'idle'))
    await host.files(1).replace('left4dead2/cfg/live.cfg', 'live\n')
    expect(await readText(host, 'left4dead2/cfg/live.cfg')).toBe('live\n')
    await host.stop(1)
    expect(await readText(host, 'left4dead2/cfg/live.cfg')).toBe('live\n')
    await host.files(1).remove('left4dead2/cfg/live.cfg')
    expect(await readText(host, 'left4dead2/cfg/live.cfg')).toBeNull()
  })

  it('keeps an overlay that a running server uses', async () => {
    const { host } = current()
    await publishOverlay(host, 1, { 'left4dead2/one.txt': 'one' })
    await host.start(specification(1, 'idle', [1]))
    await expect(host.overlays.removeOverlay(1)).rejects.toMatchObject({ code: 'in-use' })
    expect(await readText(host, 'left4dead2/one.txt')).toBe('one')
    await host.stop(1)
    await host.overlays.removeOverlay(1)
  })
}
