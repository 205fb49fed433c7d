import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeWithLayers } from '../testing/describe-with-layers.ts'
import { eventually } from '../testing/eventually.ts'
import { crash, reaches, saysEventually, specification } from '../testing/instances.ts'
import { openProcessHarness, type ProcessHarness } from '../testing/process-harness.ts'
import { readProcess } from './process-table.ts'

describeWithLayers('a boot of the machine', () => {
  let harness: ProcessHarness
  let folder: string
  let bootIdFile: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'left4me-boot-'))
    bootIdFile = join(folder, 'boot_id')
    await writeFile(bootIdFile, 'first boot\n')
    harness = await openProcessHarness({ bootIdFile })
  })

  afterEach(async () => {
    await harness.dispose()
    expect(await harness.leftovers()).toEqual([])
    await rm(folder, { recursive: true })
  })

  /** What a boot leaves: the files, and none of the processes; then left4me is opened. */
  async function boot({ sameBoot = false } = {}): Promise<void> {
    const { host } = harness
    const pids = (await host.list()).flatMap(({ pid }) => pid ?? [])
    const { supervisor, guard } = await harness.supervisor()
    await host.close()
    for (const pid of [guard, supervisor, ...pids]) process.kill(pid, 'SIGKILL')
    await eventually('all are gone', async () => {
      const gone = [guard, supervisor, ...pids].every(pid => readProcess(pid) === null)
      return gone && (await harness.leftovers()).length === 0
    })
    if (!sameBoot) await writeFile(bootIdFile, 'second boot\n')
    await host.open()
  }

  it('starts what is to be started, and nothing else', async () => {
    const { host } = harness
    for (const id of [1, 2, 3]) await host.start(specification(id, 'idle'))
    await host.setStartAtBoot(1, true)
    await host.setStartAtBoot(2, true)
    await host.stop(2)
    await boot()
    for (const id of [1, 2]) {
      const status = await reaches(host, id, ({ phase }) => phase === 'running')
      expect(status).toMatchObject({ startAtBoot: true, restarts: 0, reason: null })
    }
    expect(await host.status(3)).toMatchObject({ phase: 'stopped', pid: null, startAtBoot: false })
  })

  it('is nothing that counts as a crash', async () => {
    const { host } = harness
    let status = await host.start(specification(1, 'idle'))
    await host.setStartAtBoot(1, true)
    for (const crashes of [1, 2]) {
      crash(status)
      status = await reaches(host, 1, ({ phase, restarts }) => phase === 'running' && restarts === crashes)
    }
    await boot()
    const after = await reaches(host, 1, ({ phase }) => phase === 'running')
    expect(after).toMatchObject({ restarts: 0, reason: null })
  })

  it('starts with what the last start was given', async () => {
    const { host } = harness
    await host.start({ ...specification(1, 'idle'), arguments: ['-fake', 'idle', '+hostname', 'first'] })
    await host.setStartAtBoot(1, true)
    await host.stop(1)
    await host.start({ ...specification(1, 'idle'), arguments: ['-fake', 'idle', '+hostname', 'second'] })
    await boot()
    await reaches(host, 1, ({ phase }) => phase === 'running')
    await saysEventually(host, 1, '+hostname second')
    expect((await host.logTail(1, 100)).filter(({ text }) => text.includes('+hostname second'))).not.toEqual(
      [],
    )
  })

  it('tries again what had failed, if it is to be started', async () => {
    const { host } = harness
    for (const id of [1, 2]) {
      await host.start(specification(id, 'end-seven')).catch(() => undefined)
      await reaches(host, id, ({ phase }) => phase === 'failed')
    }
    await host.setStartAtBoot(1, true)
    await boot()
    await reaches(host, 1, ({ restarts }) => restarts > 0)
    expect(await host.status(2)).toMatchObject({ phase: 'failed', reason: { code: 'start-limit' } })
  })

  it('(control) is told from a mere loss of all processes, after which what ran is a crash', async () => {
    const { host } = harness
    await host.start(specification(1, 'idle'))
    await boot({ sameBoot: true })
    expect(await reaches(host, 1, ({ phase }) => phase === 'running')).toMatchObject({ restarts: 1 })
  })
})
