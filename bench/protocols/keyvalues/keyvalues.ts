import type { Benchmark } from '../../harness/benchmark.ts'
import { median } from '../../harness/statistics.ts'
import { measure } from '../../processes/measured-program.ts'
import {
  type KeyValuesAnswer,
  type KeyValuesQuestion,
  type KeyValuesSubject,
  keyValuesSubjects,
} from './keyvalues-program.ts'

const chapters = 800
const rounds = 10
const turns = 2

export const keyValues: Benchmark = {
  name: 'keyvalues',
  title: 'KeyValues text read, beside @node-steam/vdf and vdf-parser',
  async run(context) {
    const rates = new Map<KeyValuesSubject, number[]>(keyValuesSubjects.map(name => [name, []]))
    const texts = new Map<KeyValuesSubject, number>()
    let bytes = 0
    for (let turn = 0; turn < turns; turn += 1)
      for (const subject of keyValuesSubjects) {
        const question: KeyValuesQuestion = { subject, chapters, rounds }
        const answer = await measure<KeyValuesAnswer>(
          new URL('./keyvalues-program.ts', import.meta.url),
          question,
          context,
        )
        bytes = answer.bytes
        texts.set(subject, answer.texts)
        rates.get(subject)?.push(...answer.rounds.map(({ seconds }) => answer.bytes / 1e6 / seconds))
      }
    const rate = (name: KeyValuesSubject) => median(rates.get(name) ?? [])
    const best = Math.max(...keyValuesSubjects.filter(name => name !== 'left4me').map(rate))
    const differing = keyValuesSubjects.filter(name => texts.get(name) !== texts.get('left4me'))
    return {
      samples: keyValuesSubjects.map(
        name => ({ name, unit: 'MB/s', values: rates.get(name) ?? [] }) as const,
      ),
      figures: [
        ...keyValuesSubjects.map(name => ({ name, unit: 'MB/s', value: rate(name), aim: null }) as const),
        { name: 'against the best other', unit: 'times', value: rate('left4me') / best, aim: null },
      ],
      notes: [
        `medians of ${turns * rounds} rounds over the same ${(bytes / 1e6).toFixed(1)} MB of text, ${texts.get('left4me')} values`,
        'ours keeps order, repeated keys, conditions and positions of errors, and has limits; the others make objects',
        ...differing.map(name => `${name} finds ${texts.get(name)} values`),
      ],
    }
  },
}
