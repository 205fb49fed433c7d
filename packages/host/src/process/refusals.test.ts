import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { describeWithLayers } from '../testing/describe-with-layers.ts'
import { eventually } from '../testing/eventually.ts'
import { specification } from '../testing/instances.ts'
import { openProcessHarness } from '../testing/process-harness.ts'
import { createProcessHost } from './process-host.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'left4me-refusals-'))
})

afterEach(() => rm(folder, { recursive: true }))

const failing = async (name: string, text: string) => {
  const path = join(folder, name)
  await writeFile(path, `#!/bin/sh\necho "${text}" >&2\nexit 1\n`, { mode: 0o755 })
  return path
}

describe('a machine without the programs', () => {
  it('is refused with the package to install, and the check says the same', async () => {
    const host = createProcessHost({
      root: join(folder, 'root'),
      node: process.execPath,
      steamcmd: null,
      programs: { script: '/no/such/script', flock: '/no/such/flock' },
    })
    const remedy = 'Install the packages bsdutils and util-linux.'
    await expect(host.open()).rejects.toMatchObject({ code: 'unsupported', remedy })
    expect(await host.checks()).toContainEqual({
      name: 'programs',
      ok: false,
      message: 'Missing: script, flock.',
      remedy,
    })
  })

  it('does not start with a folder that is none', () => {
    expect(() => createProcessHost({ root: 'data', node: process.execPath, steamcmd: null })).toThrow(
      TypeError,
    )
  })

  it('says that Node can not be started', async () => {
    const host = createProcessHost({
      root: join(folder, 'root'),
      node: await failing('node', 'this is no Node'),
      steamcmd: null,
      startPatience: 3000,
      timings: { supervisorRestart: 1 },
    })
    await expect(host.open()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('this is no Node'),
    })
    await eventually('the guard gives up', () => {
      const processes = execFileSync('ps', ['-eo', 'args', '-ww'], { encoding: 'utf8' })
      return !processes.includes(folder)
    })
  })
})

describeWithLayers('a kernel that refuses', () => {
  it.each([
    ['namespaces', 'unshare', 'unshare: unshare failed: Operation not permitted', 'namespaces'],
    ['mounts', 'mount', 'mount: permission denied', 'namespaces'],
  ] as const)('%s makes a start fail with its words and a remedy', async (_, program, words, remedy) => {
    const harness = await openProcessHarness({ programs: { [program]: await failing(program, words) } })
    try {
      await expect(harness.host.start(specification(1, 'idle'))).rejects.toMatchObject({
        code: 'mount-failed',
        message: expect.stringContaining(words),
        remedy: expect.stringContaining(remedy),
      })
      expect(await harness.host.status(1)).toMatchObject({
        phase: 'failed',
        reason: { code: 'mount-failed', remedy: expect.any(String) },
      })
      expect((await harness.host.checks()).find(({ name }) => name === 'layers')).toMatchObject({
        ok: false,
        message: expect.stringContaining(words),
        remedy: expect.stringContaining(remedy),
      })
    } finally {
      await harness.dispose()
    }
  })

  it('nothing: then every check of the machine passes', async () => {
    const harness = await openProcessHarness()
    try {
      const checks = await harness.host.checks()
      expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['steamcmd'])
    } finally {
      await harness.dispose()
    }
  })
})

describeWith(['root'], 'a data directory on a file system of layers itself', () => {
  it('is refused with what to do', async () => {
    const mountPoint = join(folder, 'merged')
    for (const name of ['lower', 'upper', 'work', 'merged']) await mkdir(join(folder, name))
    const options = `lowerdir=${folder}/lower,upperdir=${folder}/upper,workdir=${folder}/work`
    execFileSync('mount', ['-t', 'overlay', '-o', options, 'left4me-test', mountPoint])
    const harness = await openProcessHarness({ root: join(mountPoint, 'root') })
    try {
      await expect(harness.host.start(specification(1, 'idle'))).rejects.toMatchObject({
        code: 'mount-failed',
        remedy: expect.stringContaining('a volume can'),
      })
    } finally {
      await harness.dispose()
      execFileSync('umount', [mountPoint])
    }
  })
})
