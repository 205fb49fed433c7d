import { pathOf } from '@left4me/contract'
import { waitFor } from '../../e2e/support/wait-for.ts'
import type { Benchmark } from '../harness/benchmark.ts'
import { quantile } from '../harness/statistics.ts'
import { BenchLeft4me } from '../product/left4me.ts'
import { DirectLines } from './direct-lines.ts'
import { NumberedLines } from './numbered-lines.ts'

const linesPerSecond = 20
const steadySeconds = 20
const burst = 2000
const bursts = 3

export const logLatency: Benchmark = {
  name: 'log-latency',
  title: 'a line printed by a server until an SSE client has it',
  async run(context) {
    const { signal } = context
    await using left4me = await BenchLeft4me.start(context)
    const { api, web } = left4me
    const [server] = await left4me.runServers(1, signal, {
      arguments: ['-simulate-lines-per-second', String(linesPerSecond), '-simulate-players', '0'],
    })
    if (server === undefined) throw new Error('no server was started')
    const params = { id: server.id }
    const command = (text: string) => api.call('runCommand', { params, body: { command: text } })
    const listen = (prefix: string, interruption: AbortSignal) =>
      NumberedLines.listen({
        url: `${web.url}${pathOf('serverEvents', params, { lines: 0 })}`,
        cookie: api.cookie,
        prefix,
        signal: AbortSignal.any([signal, interruption]),
      })

    await using printer = DirectLines.start(linesPerSecond)
    const steadyEnd = new AbortController()
    const steady = listen('simulated line', steadyEnd.signal)
    await waitFor('enough lines', () => steady.lines.length >= linesPerSecond * steadySeconds, 60_000)
    await command('simulate lines-per-second 0')
    steadyEnd.abort()
    await printer[Symbol.asyncDispose]()
    const floor = printer.latencies
    const steadyLines = await steady.ended
    const steadyFaults = faultsOf(steadyLines.map(({ number }) => number))

    const burstLatencies: number[] = []
    const durations: number[] = []
    let faults = steadyFaults
    for (let round = 0; round < bursts; round += 1) {
      const burstEnd = new AbortController()
      const receiver = listen('simulated line', burstEnd.signal)
      await receiver.open
      await command(`simulate_lines ${burst}`)
      // The last line of the burst, or of what came of it.
      await waitFor('the whole burst', () => receiver.quietFor(1000) && receiver.lines.length > 0, 30_000)
      burstEnd.abort()
      const lines = await receiver.ended
      faults += faultsOf(lines.map(({ number }) => number)) + Math.abs(burst - lines.length)
      burstLatencies.push(...lines.map(({ latency }) => latency))
      const first = lines[0]
      const last = lines.at(-1)
      if (first && last) durations.push(last.receivedAt - first.printedAt)
    }

    const latencies = steadyLines.map(({ latency }) => latency)
    return {
      samples: [
        { name: `${linesPerSecond} lines a second`, unit: 'ms', values: latencies },
        { name: 'lines read directly from a pipe', unit: 'ms', values: floor },
        { name: `${burst} lines at once`, unit: 'ms', values: burstLatencies },
      ],
      figures: [
        {
          name: `${linesPerSecond} lines a second, p50`,
          unit: 'ms',
          value: quantile(latencies, 0.5),
          aim: { atMost: 10 },
        },
        {
          name: `${linesPerSecond} lines a second, p99`,
          unit: 'ms',
          value: quantile(latencies, 0.99),
          aim: { atMost: 30 },
        },
        { name: 'lines read directly from a pipe, p50', unit: 'ms', value: quantile(floor, 0.5), aim: null },
        { name: 'lines read directly from a pipe, p99', unit: 'ms', value: quantile(floor, 0.99), aim: null },
        { name: 'lines lost, doubled or out of order', unit: 'count', value: faults, aim: { atMost: 0 } },
        { name: `${burst} lines at once, p50`, unit: 'ms', value: quantile(burstLatencies, 0.5), aim: null },
        { name: `${burst} lines at once, p99`, unit: 'ms', value: quantile(burstLatencies, 0.99), aim: null },
        {
          name: `${burst} lines at once, first printed to last received`,
          unit: 'ms',
          value: quantile(durations, 0.5),
          aim: null,
        },
      ],
      notes: [
        `${latencies.length} lines at a steady pace, then ${bursts} bursts of ${burst}; both clocks are the machine's, in whole milliseconds`,
        'at the same time a program beside it printed at the same pace to a pipe of ours: what the machine itself takes',
      ],
    }
  },
}

/** Steps from one line to the next that aren't one. */
function faultsOf(numbers: readonly number[]): number {
  return numbers.filter((number, index) => index > 0 && number !== (numbers[index - 1] ?? 0) + 1).length
}
