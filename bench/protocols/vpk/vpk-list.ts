import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Benchmark } from '../../harness/benchmark.ts'
import { median } from '../../harness/statistics.ts'
import { measure } from '../../processes/measured-program.ts'
import { writeSparseVpk } from './sparse-vpk.ts'
import type { VpkListAnswer } from './vpk-list-program.ts'

const entries = 20_000
const bytes = 2_000_000_000
const repetitions = 9

export const vpkList: Benchmark = {
  name: 'vpk-list',
  title: `the files of a VPK of 2 GB with ${entries} entries listed, by a process that has done nothing before`,
  async run(context) {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'left4me-bench-vpk-'))
    const path = join(folder.path, 'bench.vpk')
    await writeSparseVpk(path, entries, bytes)
    const answers: VpkListAnswer[] = []
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      const answer = await measure<VpkListAnswer>(
        new URL('./vpk-list-program.ts', import.meta.url),
        { path },
        context,
      )
      if (answer.entries !== entries) throw new Error(`${answer.entries} of ${entries} entries were listed`)
      answers.push(answer)
    }
    const times = answers.map(({ milliseconds }) => milliseconds)
    const cpuTimes = answers.map(({ cpuMilliseconds }) => cpuMilliseconds)
    const added = answers.map(({ peak, before }) => (peak - before) / 1e6)
    const peaks = answers.map(({ peak }) => peak / 1e6)
    return {
      samples: [
        { name: 'list', unit: 'ms', values: times },
        { name: 'processor time of it', unit: 'ms', values: cpuTimes },
        { name: 'memory that it takes', unit: 'MB', values: added },
        { name: 'memory of the whole process', unit: 'MB', values: peaks },
      ],
      figures: [
        { name: 'list', unit: 'ms', value: median(times), aim: { atMost: 100 } },
        { name: 'processor time of it', unit: 'ms', value: median(cpuTimes), aim: null },
        { name: 'memory that it takes', unit: 'MB', value: median(added), aim: { atMost: 50 } },
        { name: 'memory of the whole process', unit: 'MB', value: median(peaks), aim: null },
      ],
      notes: [
        `medians of ${repetitions} processes; memory is resident at its peak, and Node with our modules is most of the whole process`,
      ],
    }
  },
}
