import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { installedState, startMachine } from '../../e2e/host/support/machine-states.ts'
import { connectOutside, outside } from '../../e2e/host/support/outside.ts'
import { findProgram } from '../../tools/test-support/find-program.ts'
import { type Benchmark, type Figure, NotRunnable } from '../harness/benchmark.ts'
import { quantile } from '../harness/statistics.ts'
import { measureRound, type Queue, type Round } from './measure-round.ts'

const rounds = 3

/** What stands before a link of 4 Mbit/s. A quarter of it is what EF may have at once: tc-cake(8), diffserv4. */
const queues: readonly Queue[] = [
  { name: 'FIFO', settings: 'tbf rate 4mbit burst 16k latency 200ms', voice: false },
  { name: 'CAKE besteffort', settings: 'cake bandwidth 4mbit besteffort', voice: false },
  { name: 'CAKE diffserv4 and marks', settings: 'cake bandwidth 4mbit diffserv4', voice: true },
]

export const hostNetwork: Benchmark = {
  name: 'host-network',
  title: 'one-way delay of a game’s UDP beside 48 bulk flows, from sendto(2) to its arrival across the link',
  async run({ signal, say }) {
    if (process.getuid?.() !== 0) throw new NotRunnable('it needs root, to make a virtual machine')
    if (findProgram('qemu-system-x86_64') === null)
      throw new NotRunnable('QEMU is not installed; as root on Debian: apt-get install qemu-system-x86')

    await using running = await startMachine(await installedState())
    const { machine } = running
    await connectOutside(machine)
    await machine.write(
      '/usr/local/share/traffic.py',
      await readFile(join(import.meta.dirname, 'traffic.py'), 'utf8'),
    )
    await machine.succeed(
      'systemd-run --quiet --unit=outside-sink ip netns exec outside python3 /usr/local/share/traffic.py sink 5001',
    )
    const measured = new Map<Queue, Round[]>(queues.map(queue => [queue, []]))
    // Each queue in each round, so that what changes on this machine meanwhile meets them all.
    for (let round = 1; round <= rounds; round += 1) {
      for (const queue of queues) {
        signal.throwIfAborted()
        say(`${queue.name}, round ${round} of ${rounds}`)
        measured.get(queue)?.push(await measureRound(machine, outside, queue))
      }
    }

    const delays = (queue: Queue | undefined) =>
      (queue === undefined ? [] : (measured.get(queue) ?? [])).flatMap(round => round.delays)
    const lost = (queue: Queue) => {
      const all = measured.get(queue) ?? []
      const sent = all.reduce((sum, round) => sum + round.sent, 0)
      return (1 - delays(queue).length / sent) * 100
    }
    const [fifo, ...shaped] = queues
    const ratio = (queue: Queue, fraction: number) =>
      quantile(delays(fifo), fraction) / quantile(delays(queue), fraction)
    return {
      samples: queues.map(queue => ({ name: queue.name, unit: 'ms', values: delays(queue) })),
      figures: [
        ...shaped.flatMap((queue): Figure[] => [
          {
            name: `${queue.name}: shorter than FIFO at p99`,
            unit: 'times',
            value: ratio(queue, 0.99),
            aim: queue.voice ? { atLeast: 10 } : null,
          },
          { name: `${queue.name}: shorter at p50`, unit: 'times', value: ratio(queue, 0.5), aim: null },
        ]),
        ...queues.flatMap((queue): Figure[] => [
          { name: `${queue.name}: p50`, unit: 'ms', value: quantile(delays(queue), 0.5), aim: null },
          { name: `${queue.name}: p99`, unit: 'ms', value: quantile(delays(queue), 0.99), aim: null },
          { name: `${queue.name}: lost`, unit: '%', value: lost(queue), aim: null },
        ]),
      ],
      notes: [
        `${rounds} rounds of 12 s, 60 packets a second; the link is 4 Mbit/s, the bulk flows are TCP with cubic`,
        'in an emulated machine: only the ratios count, and what is left of a delay is mostly the emulation',
      ],
    }
  },
}
