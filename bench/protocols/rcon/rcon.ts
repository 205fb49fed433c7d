import type { Benchmark } from '../../harness/benchmark.ts'
import { median, quantile, sum } from '../../harness/statistics.ts'
import { measure } from '../../processes/measured-program.ts'
import { startServersApart } from '../simulated-servers.ts'
import { type RconQuestion, type RconRun, type RconSubject, rconSubjects } from './rcon-program.ts'

const commands = 1000
const rounds = 3
/** One byte, then characters of three: frames end within some of them. */
const largeBytes = 1024 * 1024
/** Bytes of text in one frame of a server. */
const frameBytes = 4086

export const rcon: Benchmark = {
  name: 'rcon',
  title: `${commands} RCON commands one after another and an answer of 1 MB, beside npm rcon`,
  async run(context) {
    const password = 'bench'
    await using servers = await startServersApart(
      { count: 1, rconPassword: password, unlimitedQueries: false, switches: { players: 4 } },
      context,
    )
    const [target] = servers.answer
    if (target === undefined) throw new Error('no simulated server was started')
    const runs = new Map<RconSubject, RconRun[]>(rconSubjects.map(name => [name, []]))
    for (let round = 0; round < rounds; round += 1)
      for (const subject of rconSubjects) {
        const question: RconQuestion = {
          subject,
          target,
          password,
          command: 'status',
          commands,
          large: {
            command: `simulate_reply ${largeBytes}`,
            bytes: largeBytes,
            frames: Math.ceil(largeBytes / frameBytes),
          },
        }
        runs
          .get(subject)
          ?.push(await measure<RconRun>(new URL('./rcon-program.ts', import.meta.url), question, context))
      }

    const of = <Value>(name: RconSubject, value: (run: RconRun) => Value) => (runs.get(name) ?? []).map(value)
    const total = (name: RconSubject) => median(of(name, run => sum(run.latencies)))
    const large = (name: RconSubject) => median(of(name, run => run.largeMs))
    return {
      samples: rconSubjects.flatMap(name => [
        { name: `${name}, a command`, unit: 'ms', values: of(name, run => run.latencies).flat() } as const,
        { name: `${name}, 1 MB`, unit: 'ms', values: of(name, run => run.largeMs) } as const,
      ]),
      figures: [
        ...rconSubjects.flatMap(name => [
          { name: `${name}, ${commands} commands`, unit: 'ms', value: total(name), aim: null } as const,
          {
            name: `${name}, a command, p99`,
            unit: 'ms',
            value: quantile(of(name, run => run.latencies).flat(), 0.99),
            aim: null,
          } as const,
          {
            name: `${name}, processor time a command`,
            unit: 'µs',
            value: median(of(name, run => (run.cpuSeconds / commands) * 1e6)),
            aim: null,
          } as const,
          { name: `${name}, 1 MB`, unit: 'ms', value: large(name), aim: null } as const,
          {
            name: `${name}, broken characters in it`,
            unit: 'count',
            value: Math.max(...of(name, run => run.broken)),
            aim: name === 'left4me' ? { atMost: 0 } : null,
          } as const,
        ]),
        {
          name: 'commands, time against npm rcon',
          unit: 'times',
          value: total('left4me') / total('rcon'),
          aim: null,
        },
        {
          name: '1 MB, time against npm rcon',
          unit: 'times',
          value: large('left4me') / large('rcon'),
          aim: null,
        },
      ],
      notes: [
        `medians of ${rounds} rounds in turns; the command is status of a server with players`,
        'npm rcon is told how many frames to wait for: it can’t tell where an answer ends, for which ours sends a second, empty frame with each command',
      ],
    }
  },
}
