import type { Benchmark } from '../../harness/benchmark.ts'
import { median } from '../../harness/statistics.ts'
import { measure } from '../../processes/measured-program.ts'
import type { Round } from '../rounds.ts'

const lines = 200_000
const rounds = 10

export const logParse: Benchmark = {
  name: 'log-parse',
  title: 'lines of server logs read into typed events',
  async run(context) {
    const answer = await measure<{ events: number; rounds: Round[] }>(
      new URL('./log-parse-program.ts', import.meta.url),
      { lines, rounds },
      context,
    )
    if (answer.events < lines) throw new Error(`${answer.events} events came of ${lines} lines`)
    const rates = answer.rounds.map(({ seconds }) => lines / seconds)
    const byProcessor = answer.rounds.map(({ cpuSeconds }) => lines / cpuSeconds)
    return {
      samples: [
        { name: 'lines a second', unit: '1/s', values: rates },
        { name: 'lines a second of processor time', unit: '1/s', values: byProcessor },
      ],
      figures: [
        { name: 'lines a second', unit: '1/s', value: median(rates), aim: { atLeast: 500_000 } },
        { name: 'lines a second of processor time', unit: '1/s', value: median(byProcessor), aim: null },
      ],
      notes: [
        `medians of ${rounds} rounds of ${lines} different lines: fights, chat, names that imitate rows`,
      ],
    }
  },
}
