import { execFileSync } from 'node:child_process'
import { mkdtemp, open, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { eventually } from '../testing/eventually.ts'
import { writeFakeSteamcmd } from '../testing/fake-steamcmd.ts'
import { buildUpload, crash, reaches, saysEventually, specification } from '../testing/instances.ts'
import { openProcessHarness, type ProcessHarness } from '../testing/process-harness.ts'

describeWith(['root'], 'on a full disk', () => {
  let mountPoint: string
  let harness: ProcessHarness

  beforeEach(async () => {
    mountPoint = await mkdtemp(join(tmpdir(), 'left4me-full-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'left4me-test', mountPoint])
    harness = await openProcessHarness({
      root: join(mountPoint, 'root'),
      steamcmd: await writeFakeSteamcmd(mountPoint, 'success'),
    })
  })

  afterEach(async () => {
    await harness.dispose()
    execFileSync('umount', [mountPoint])
    await rm(mountPoint, { recursive: true })
  })

  async function fill(): Promise<void> {
    await using file = await open(join(mountPoint, 'filler'), 'a')
    const block = Buffer.alloc(4096)
    for (;;)
      try {
        await file.write(block)
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' })
        break
      }
    expect((await statfs(mountPoint)).bavail).toBe(0)
  }

  const free = () => rm(join(mountPoint, 'filler'))

  it('a start says so, leaves nothing, and works when there is room again', async () => {
    await fill()
    await expect(harness.host.start(specification(1, 'idle'))).rejects.toMatchObject({
      code: 'disk-full',
      remedy: expect.stringContaining('Free space'),
    })
    expect(await harness.host.status(1)).toMatchObject({
      phase: 'failed',
      pid: null,
      reason: { code: 'disk-limit' },
    })
    expect(await harness.leftovers()).toEqual([])
    await free()
    expect(await harness.host.start(specification(1, 'idle'))).toMatchObject({ phase: 'running' })
  })

  it('a running server goes on, can be followed and stopped', async () => {
    const { host } = harness
    await host.start(specification(1, 'tick'))
    await saysEventually(host, 1, 'tick 3')
    const seen: string[] = []
    const end = new AbortController()
    const following = host.followLog(1, 0, lines => seen.push(...lines.map(({ text }) => text)), end.signal)
    await fill()
    const before = seen.length
    // A page that the log has already is written to the end first.
    await eventually('it goes on', () => seen.length > before + 20)
    await free()
    await eventually('it goes on still', () => seen.length > before + 40)
    end.abort()
    await following
    const ticks = seen.flatMap(text => /tick (\d+)$/.exec(text)?.[1] ?? []).map(Number)
    expect(ticks).toEqual(ticks.map((_, index) => index))

    await fill()
    expect(await host.stop(1)).toMatchObject({ phase: 'stopped', pid: null })
    await free()
  })

  it('a crash is noticed and the server started again', async () => {
    const { host } = harness
    const started = await host.start(specification(1, 'tick'))
    const before = await harness.supervisor()
    await fill()
    crash(started)
    const status = await reaches(host, 1, status => status.restarts > 0 && status.phase !== 'restarting')
    if (status.phase === 'failed') expect(status.reason).toMatchObject({ code: 'disk-limit' })
    const { supervisor } = await harness.supervisor()
    expect(supervisor).toBe(before.supervisor)
    await free()
  })

  it('a file is refused with that reason and the old one kept', async () => {
    await harness.host.files(1).replace('left4dead2/cfg/server.cfg', 'old')
    await fill()
    await expect(
      harness.host.files(1).replace('left4dead2/cfg/server.cfg', 'x'.repeat(100_000)),
    ).rejects.toMatchObject({ code: 'disk-full' })
    expect(String(await harness.host.files(1).read('left4dead2/cfg/server.cfg', 1000))).toBe('old')
    await free()
  })

  it('an overlay is not half published', async () => {
    const { overlays } = harness.host
    async function* content(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(1024 * 1024)
    }
    await overlays.putDraft(1, 'left4dead2/big.bin', content(), 10_000_000)
    await fill()
    await expect(overlays.putDraft(1, 'left4dead2/more.bin', content(), 10_000_000)).rejects.toMatchObject({
      code: 'disk-full',
    })
    await expect(buildUpload(overlays, 1, 1)).rejects.toMatchObject({
      code: 'disk-full',
    })
    expect(await overlays.readFile({ overlayId: 1, revision: 1 }, 'left4dead2/big.bin', 1)).toBeNull()
    await free()
    await buildUpload(overlays, 1, 1)
    expect((await overlays.listDraft(1)).map(({ path }) => path)).toEqual(['left4dead2/big.bin'])
  })

  it('an installation is not begun', async () => {
    const before = await harness.host.installation.status()
    await expect(
      harness.host.installation.update({
        onProgress: () => undefined,
        onOutput: () => undefined,
        signal: new AbortController().signal,
      }),
    ).rejects.toMatchObject({ code: 'disk-full' })
    expect(await harness.host.installation.status()).toEqual(before)
  })
})
