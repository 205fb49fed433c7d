import { afterAll, beforeAll, expect, test } from 'vitest'
import { applySlicesCommand, type HostFile, hostValues, topologyCommand } from '../../../deploy/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { Bed } from '../support/bed.ts'
import { guarded, type Outcome } from '../support/guarded.ts'
import { directive } from '../support/guards.ts'
import { openMachine, patience } from '../support/machine.ts'
import { installProbes } from '../support/probes/install-probes.ts'
import { installProbeGame, makeProbeServer, type ProbeServer } from '../support/probes/probe-server.ts'

const serverUnit = 'left4me-server@.service'
const gameGroup = '/sys/fs/cgroup/l4d2.slice/l4d2-game.slice'
const mebibyte = 1024 ** 2

/** Writes to so many MiB of memory, and has them all at once. */
const takeMemory = (mebibytes: number): string =>
  `my @taken; push @taken, "x" x ${mebibyte} for 1..${mebibytes}; print "took it"`

/** Makes so many processes that live at once, ends with 1 when the kernel refuses one of them, and leaves none. */
const makeProcesses = (count: number): string =>
  `my @made;
   for (1..${count}) { my $child = fork; last unless defined $child; if (!$child) { sleep 10000; exit } push @made, $child }
   kill 'KILL', @made; print scalar @made; exit(@made == ${count} ? 0 : 1)`

describeWith(['root'], 'the limits of servers', () => {
  let bed: Bed
  let server: ProbeServer
  let neighbour: ProbeServer

  beforeAll(async () => {
    bed = await openMachine()
    await installProbes(bed)
    await installProbeGame(bed)
    server = await makeProbeServer(bed, { name: 'limited', port: 27_015, marker: 'limited' })
    neighbour = await makeProbeServer(bed, { name: 'beside', port: 27_016, marker: 'beside' })
    await neighbour.restart()
    await server.restart()
  })
  afterAll(async () => {
    await bed?.succeed(`
      systemctl stop ${server.unit} ${neighbour.unit}
      rm -f /usr/local/lib/systemd/system/*.d/99-left4me-memory.conf
      ${applySlicesCommand}`)
  })

  const apply = async (files: readonly HostFile[]) => {
    for (const { path, content, mode } of files) await bed.write(path, content, mode)
    await bed.succeed(applySlicesCommand)
  }
  /** So little that the machine itself has more. */
  const memory = (high: string, max: string): HostFile => ({
    path: `/usr/local/lib/systemd/system/${serverUnit}.d/99-left4me-memory.conf`,
    mode: 0o644,
    content: `[Service]\nMemoryHigh=${high}\nMemoryMax=${max}\n`,
  })

  /** What came of the one request since the server was started, when it has come to something. */
  const answer = () => `cat ${server.merged}/probe/*.answer 2>/dev/null`
  /** Resolves to what the script prints once it prints something. */
  const untilSeen = async (script: string) =>
    await bed.succeed(
      `for _ in $(seq 600); do
        seen=$(${script} || true)
        [ -z "$seen" ] || break
        sleep 0.5
      done
      echo "$seen"`,
      patience,
    )

  test('are those of the unit, as the kernel tells them', async () => {
    const values = await bed.succeed(
      `cd ${gameGroup}/${server.unit}; cat memory.high memory.max memory.oom.group pids.max`,
    )
    expect(values.split('\n').map(Number)).toEqual([1536 * mebibyte, 2048 * mebibyte, 1, 256])
  })

  test('are less on a small machine, and the games are protected on both levels', async () => {
    const { files } = hostValues(
      { topology: await bed.succeed(topologyCommand), memory: 1920 },
      { gamePorts: { start: 27_015, end: 27_115 }, cake: null, marks: false },
    )
    await apply(files.filter(({ path }) => path.endsWith('memory.conf')))
    const values = await bed.succeed(
      `cd ${gameGroup}; cat ../memory.max ../memory.low memory.low ${server.unit}/memory.{high,max}`,
    )
    expect(values.split('\n').map(bytes => Number(bytes) / mebibyte)).toEqual([1408, 480, 480, 1056, 1408])
  })

  guarded({
    attempt: 'a server takes 160 MiB of memory, with its neighbour going on',
    guard: directive('MemoryMax=96M', serverUnit, 'MemoryMax=infinity'),
    bed: () => bed,
    ...patience,
    probe: async (): Promise<Outcome> => {
      await apply([memory('infinity', '96M')])
      await server.restart()
      const before = await neighbour.process()
      await server.send('run', '/usr/bin/perl', '-e', takeMemory(160))
      const result = await untilSeen(
        `systemctl show --property=Result --value ${server.unit} | grep --invert-match success || ${answer()}`,
      )
      expect(await neighbour.process()).toBe(before)
      expect(await neighbour.attempt('run', '/bin/true')).toMatchObject({ outcome: 'succeeded' })
      if (result === 'oom-kill') return 'refused'
      expect(result).toContain('took it')
      return 'succeeded'
    },
  })

  guarded({
    attempt: 'a server has more memory than MemoryHigh= without being held up',
    guard: directive('MemoryHigh=80M', serverUnit, 'MemoryHigh=infinity'),
    bed: () => bed,
    ...patience,
    probe: async (): Promise<Outcome> => {
      await apply([memory('80M', '512M')])
      await server.restart()
      const heldUp = `grep '^high [1-9]' ${gameGroup}/${server.unit}/memory.events`
      expect(await bed.run(heldUp)).toMatchObject({ code: 1, stderr: '' })
      await server.send('run', '/usr/bin/perl', '-e', takeMemory(96))
      // It may take minutes to end by itself.
      const seen = await untilSeen(`${heldUp} || ${answer()}`)
      await bed.succeed(`systemctl kill --kill-whom=all --signal=SIGKILL ${server.unit}`)
      if (seen.startsWith('high')) return 'refused'
      expect(seen).toContain('took it')
      return 'succeeded'
    },
  })

  guarded({
    attempt: 'a server makes 300 processes',
    guard: directive('TasksMax=256', serverUnit, 'TasksMax=infinity'),
    bed: () => bed,
    ...patience,
    probe: async (): Promise<Outcome> => {
      // Not what another test left, which would hold them up.
      await apply([memory('infinity', 'infinity')])
      await server.restart()
      await server.send('run', '/usr/bin/perl', '-e', makeProcesses(300))
      const seen = await untilSeen(answer())
      expect(await neighbour.attempt('run', '/bin/true')).toMatchObject({ outcome: 'succeeded' })
      if (/succeeded 300$/.test(seen)) return 'succeeded'
      expect(Number(/refused exit-1 (\d+)$/.exec(seen)?.[1])).toBeGreaterThan(200)
      return 'refused'
    },
  })
})
