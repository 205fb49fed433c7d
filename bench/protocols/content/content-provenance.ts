import type { Benchmark } from '../../harness/benchmark.ts'
import { median } from '../../harness/statistics.ts'
import { measure } from '../../processes/measured-program.ts'
import type { ContentAnswer, ContentQuestion } from './content-program.ts'

const files = 50_000
const layers = 10
const repetitions = 7

export const contentProvenance: Benchmark = {
  name: 'content-provenance',
  title: `the merged tree of ${files} files under ${layers} layers of ${files / 10} each, with the first pages of its folders`,
  async run(context) {
    const question: ContentQuestion = { task: 'provenance', files, layers }
    const answers: ContentAnswer[] = []
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const answer = await measure<ContentAnswer>(
        new URL('./content-program.ts', import.meta.url),
        question,
        context,
      )
      if (answer.found < files) throw new Error(`${answer.found} files were seen`)
      answers.push(answer)
    }
    const merges = answers.map(({ work }) => work)
    const decodes = answers.map(({ decode }) => decode)
    const cpu = answers.map(answer => answer.cpu)
    return {
      samples: [
        { name: 'merge and list', unit: 'ms', values: merges },
        { name: 'read the indexes before', unit: 'ms', values: decodes },
        { name: 'processor time of both', unit: 'ms', values: cpu },
      ],
      figures: [
        { name: 'merge and list', unit: 'ms', value: median(merges), aim: { atMost: 200 } },
        { name: 'read the indexes before', unit: 'ms', value: median(decodes), aim: null },
        { name: 'processor time of both', unit: 'ms', value: median(cpu), aim: null },
      ],
      notes: [`medians of ${repetitions} processes that have done nothing before`],
    }
  },
}
