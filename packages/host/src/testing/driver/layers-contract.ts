import { expect, it } from 'vitest'
import { publishOverlay, readText, saysEventually, specification } from '../instances.ts'
import type { DriverHarness } from './driver-harness.ts'

/** What every driver must show of the merged view: whose file is seen, and what becomes of what the game writes. */
export function layersContract(current: () => DriverHarness): void {
  it('shows the uppermost file of the installation, the overlays and the upper', async () => {
    const { host } = current()
    await publishOverlay(host, 1, { 'left4dead2/both.txt': 'one\n', 'left4dead2/one.txt': 'one\n' })
    await publishOverlay(host, 2, { 'left4dead2/both.txt': 'two\n', 'left4dead2/one.txt': 'two\n' })
    await host.files(1).replace('left4dead2/one.txt', 'upper\n')
    await host.start(specification(1, 'idle', [2, 1]))

    expect(await readText(host, 'left4dead2/lower.txt')).toBe('installation\n')
    expect(await readText(host, 'left4dead2/both.txt')).toBe('two\n')
    expect(await readText(host, 'left4dead2/one.txt')).toBe('upper\n')
  })

  // A hundred builds, each of which waits for the disk.
  it('stacks a hundred layers, the earlier over the later', { timeout: 600_000 }, async () => {
    const { host } = current()
    const ids = Array.from({ length: 100 }, (_, index) => index + 1)
    for (const id of ids)
      await publishOverlay(host, id, { 'left4dead2/all.txt': `${id}\n`, [`left4dead2/${id}.txt`]: 'x' })
    await host.start(specification(1, 'idle', ids))

    expect(await readText(host, 'left4dead2/all.txt')).toBe('1\n')
    for (const id of ids) expect(await readText(host, `left4dead2/${id}.txt`)).toBe('x')
    expect(await readText(host, 'left4dead2/lower.txt')).toBe('installation\n')
  })

  it('keeps what the game changes to that server, through a restart, until it is reset', async () => {
    const { host } = current()
    await host.start(specification(1, 'change'))
    await host.start(specification(2, 'idle'))
    await saysEventually(host, 1, 'changed')
    expect(await readText(host, 'left4dead2/lower.txt')).toBeNull()
    expect(await readText(host, 'left4dead2/both.txt')).toBe('changed\n')
    expect(await readText(host, 'left4dead2/lower.txt', 2)).toBe('installation\n')
    expect(await readText(host, 'left4dead2/both.txt', 2)).toBe('installation\n')

    await host.stop(1)
    await host.start(specification(1, 'idle'))
    expect(await readText(host, 'left4dead2/lower.txt')).toBeNull()
    expect(await readText(host, 'left4dead2/folder/inner.txt')).toBe('inner\n')

    await host.stop(1)
    await host.reset(1)
    await host.start(specification(1, 'idle'))
    expect(await readText(host, 'left4dead2/lower.txt')).toBe('installation\n')
    expect(await readText(host, 'left4dead2/both.txt')).toBe('installation\n')
    expect(await readText(host, 'left4dead2/new.txt')).toBeNull()
  })

  it("leaves a revision as it is when the game changes that layer's files", async () => {
    const { host } = current()
    await publishOverlay(host, 1, { 'left4dead2/both.txt': 'overlay\n' })
    await host.start(specification(1, 'change', [1]))
    await saysEventually(host, 1, 'changed')
    const content = await host.overlays.readFile({ overlayId: 1, revision: 1 }, 'left4dead2/both.txt', 1000)
    expect(String(content)).toBe('overlay\n')
  })
}
