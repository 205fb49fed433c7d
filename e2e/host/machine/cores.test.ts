import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  applySlicesCommand,
  DeployError,
  type HostValues,
  hostValues,
  topologyCommand,
} from '../../../deploy/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { Bed } from '../support/bed.ts'
import type { Outcome } from '../support/guarded.ts'
import { guarded } from '../support/guarded.ts'
import { openMachine, patience } from '../support/machine.ts'
import { installProbes } from '../support/probes/install-probes.ts'
import { installProbeGame, makeProbeServer, type ProbeServer } from '../support/probes/probe-server.ts'

const slices = ['l4d2-game.slice', 'l4d2-build.slice', 'system.slice', 'user.slice'] as const
type Slice = (typeof slices)[number]

/** The machine has processors 0 and 1, each a core of its own. */
describeWith(['root'], 'the cores', () => {
  let bed: Bed
  let server: ProbeServer
  let topology: string

  beforeAll(async () => {
    bed = await openMachine()
    await installProbes(bed)
    await installProbeGame(bed)
    server = await makeProbeServer(bed, { name: 'pinned', port: 27_015, marker: 'pinned' })
    await server.restart()
    topology = await bed.succeed(topologyCommand)
    // One that runs in each of the other slices.
    await bed.succeed(
      slices
        .slice(1)
        .map(slice => `systemd-run --quiet --unit=sleeper-${slice}.service --slice=${slice} sleep 100000`)
        .join('\n'),
    )
  })
  afterAll(async () => {
    await bed?.succeed(`
      systemctl stop 'sleeper-*' ${server.unit}
      rm -rf /usr/local/lib/systemd/system/*.slice.d/99-left4me-cpuset.conf
      ${applySlicesCommand}`)
  })

  const valuesFor = (systemCpus?: string): HostValues =>
    hostValues(
      { topology, memory: 8192 },
      {
        gamePorts: { start: 27_015, end: 27_115 },
        cake: 'diffserv4',
        marks: true,
        ...(systemCpus === undefined ? {} : { systemCpus }),
      },
    )

  const deploy = async (values: HostValues) => {
    for (const { path, content, mode } of values.files.filter(({ path }) => path.includes('cpuset')))
      await bed.write(path, content, mode)
    await bed.succeed(applySlicesCommand)
  }

  /** What the kernel lets a process of each slice run on. */
  const allowed = async (): Promise<Record<Slice, string>> => {
    const text = await bed.succeed(`
      for unit in ${server.unit} ${slices
        .slice(1)
        .map(slice => `sleeper-${slice}.service`)
        .join(' ')}; do
        sed -n 's/^Cpus_allowed_list:\\t//p' /proc/$(systemctl show --property=MainPID --value $unit)/status
      done`)
    const lists = text.split('\n')
    return Object.fromEntries(slices.map((slice, index) => [slice, lists[index]])) as Record<Slice, string>
  }

  test('are free to all where nothing is said', async () => {
    expect(new Set(Object.values(await allowed()))).toEqual(new Set(['0-1']))
  })

  test('divide games from builds, the system and logged-in people; a change moves those that run', async () => {
    const before = await server.process()
    await deploy(valuesFor())
    expect(await allowed()).toEqual({
      'l4d2-game.slice': '1',
      'l4d2-build.slice': '0',
      'system.slice': '0',
      'user.slice': '0',
    })
    await deploy(valuesFor('1'))
    expect(await allowed()).toEqual({
      'l4d2-game.slice': '0',
      'l4d2-build.slice': '1',
      'system.slice': '1',
      'user.slice': '1',
    })
    expect(await server.process()).toBe(before)
  })

  test('keep running as they were by a reload alone, which is why more is done than that', async () => {
    await deploy(valuesFor('0'))
    const before = await allowed()
    for (const { path, content, mode } of valuesFor('1').files) await bed.write(path, content, mode)
    await bed.succeed('systemctl daemon-reload')
    expect(await allowed()).toEqual(before)
    await bed.succeed(applySlicesCommand)
    expect(await allowed()).not.toEqual(before)
  })

  guarded({
    attempt: 'puts the system on a core that the machine has not',
    guard: {
      name: "the deployment's check against the machine",
      off: async () => {
        topology = `${topology}\n${topology.replaceAll(/cpu\d+/g, 'cpu7').replaceAll(/:\d+/g, ':7')}`
          .split('\n')
          .slice(0, 3)
          .join('\n')
        return {
          [Symbol.asyncDispose]: async () => {
            topology = await bed.succeed(topologyCommand)
          },
        }
      },
    },
    bed: () => bed,
    ...patience,
    // Accepted, and without effect: systemd says nothing.
    probe: async (): Promise<Outcome> => {
      await deploy(valuesFor())
      const before = await allowed()
      try {
        await deploy(valuesFor('7'))
      } catch (error) {
        expect(error).toMatchObject({
          code: 'bad-cores',
          message: expect.stringContaining("Core 7 isn't there"),
        })
        if (!(error instanceof DeployError)) throw error
        expect(await allowed()).toEqual(before)
        return 'refused'
      }
      expect(await bed.succeed('systemctl show --property=AllowedCPUs --value system.slice')).toBe('7')
      expect((await allowed())['system.slice']).not.toBe('7')
      return 'succeeded'
    },
  })
})
