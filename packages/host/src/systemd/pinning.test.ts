import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { readPinning } from './pinning.ts'
import { parseCores } from './pinning-cores.ts'

describe('a list of cores', () => {
  it.each([
    ['0\n', [0]],
    ['0-3\n', [0, 1, 2, 3]],
    ['2-3,0,8-8', [0, 2, 3, 8]],
    ['0 2-3', [0, 2, 3]],
    ['1,1,0-1', [0, 1]],
  ])('is read: %j', (text, cores) => {
    expect(parseCores(text)).toEqual(cores)
  })

  it.each(['', '\n', '-', '3-1', '0-', 'a', '0;1', '-1', '0-3-5', '1.5', '99999', '0-99999'])(
    'that is none is refused: %j',
    text => {
      expect(parseCores(text)).toBeNull()
    },
  )

  test('is read back as it was written, in ranges or one by one', () => {
    const core = fc.integer({ min: 0, max: 8191 })
    fc.assert(
      fc.property(
        fc.uniqueArray(core, { minLength: 1, maxLength: 60 }),
        fc.constantFrom(',', ' '),
        (cores, between) => {
          const sorted = cores.toSorted((one, other) => one - other)
          expect(parseCores(cores.join(between))).toEqual(sorted)
          expect(parseCores(rangesOf(sorted).join(between))).toEqual(sorted)
        },
      ),
    )
  })

  test('is bounded, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789,- ') }), text => {
        expect((parseCores(text) ?? []).length).toBeLessThanOrEqual(8192)
      }),
    )
  })
})

function rangesOf(sorted: readonly number[]): string[] {
  const ranges: [number, number][] = []
  for (const core of sorted) {
    const last = ranges.at(-1)
    if (last && core === last[1] + 1) last[1] = core
    else ranges.push([core, core])
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
}

describe('the cores of games, builds and the rest', () => {
  let root: string
  const folders = () => ({ controlGroups: join(root, 'cgroup'), units: join(root, 'units') })
  const write = async (path: string, content: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'left4me-pinning-'))
    await write('cgroup/cgroup.controllers', 'cpuset cpu io memory pids\n')
    await write('cgroup/cpuset.cpus.effective', '0-3\n')
    await write('cgroup/system.slice/cpuset.cpus.effective', '0\n')
    await write('cgroup/l4d2.slice/l4d2-game.slice/cpuset.cpus.effective', '2-3\n')
    await write('cgroup/l4d2.slice/l4d2-build.slice/cpuset.cpus.effective', '0-1\n')
  })
  afterEach(() => rm(root, { recursive: true }))

  it('are those that the kernel holds them to', async () => {
    expect(await readPinning(folders())).toEqual({ games: [2, 3], builds: [0, 1], system: [0] })
  })

  it('are those that the deployment wrote for a slice in which nothing runs', async () => {
    await rm(join(root, 'cgroup/l4d2.slice'), { recursive: true })
    await write('units/l4d2-game.slice.d/99-left4me-cpuset.conf', '[Slice]\nAllowedCPUs=1,3,7\n')
    expect(await readPinning(folders())).toEqual({ games: [1, 3], builds: [0, 1, 2, 3], system: [0] })
  })

  it('are not told where all may use all', async () => {
    for (const slice of ['system.slice', 'l4d2.slice/l4d2-game.slice', 'l4d2.slice/l4d2-build.slice'])
      await write(`cgroup/${slice}/cpuset.cpus.effective`, '0-3\n')
    expect(await readPinning(folders())).toBeNull()
  })

  it('are not told where the kernel can not pin, whatever the deployment wrote', async () => {
    await write('cgroup/cgroup.controllers', 'cpu memory\n')
    await write('units/l4d2-game.slice.d/99-left4me-cpuset.conf', '[Slice]\nAllowedCPUs=1\n')
    expect(await readPinning(folders())).toBeNull()
    expect(await readPinning({ controlGroups: join(root, 'none') })).toBeNull()
  })
})
