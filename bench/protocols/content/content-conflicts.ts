import type { Benchmark } from '../../harness/benchmark.ts'
import { median } from '../../harness/statistics.ts'
import { measure } from '../../processes/measured-program.ts'
import type { ContentAnswer, ContentQuestion } from './content-program.ts'

const vpks = 200
const entries = 100_000
const repetitions = 7

export const contentConflicts: Benchmark = {
  name: 'content-conflicts',
  title: `conflicts between ${vpks} VPKs with ${entries} entries, out of their kept indexes, by a process that has done nothing before`,
  async run(context) {
    const question: ContentQuestion = { task: 'conflicts', vpks, entries }
    const answers: ContentAnswer[] = []
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const answer = await measure<ContentAnswer>(
        new URL('./content-program.ts', import.meta.url),
        question,
        context,
      )
      if (answer.found === 0) throw new Error('no conflict was found')
      answers.push(answer)
    }
    const totals = answers.map(({ decode, work }) => decode + work)
    const scans = answers.map(({ work }) => work)
    const cpu = answers.map(answer => answer.cpu)
    return {
      samples: [
        { name: 'read and scan', unit: 'ms', values: totals },
        { name: 'scan', unit: 'ms', values: scans },
        { name: 'processor time', unit: 'ms', values: cpu },
      ],
      figures: [
        { name: 'read and scan', unit: 'ms', value: median(totals), aim: { atMost: 1000 } },
        { name: 'scan', unit: 'ms', value: median(scans), aim: null },
        { name: 'processor time', unit: 'ms', value: median(cpu), aim: null },
        { name: 'indexes as kept', unit: 'MB', value: (answers[0]?.characters ?? 0) / 1e6, aim: null },
      ],
      notes: [
        `medians of ${repetitions} processes; one file in a hundred is in all VPKs, and no VPK is opened`,
      ],
    }
  },
}
