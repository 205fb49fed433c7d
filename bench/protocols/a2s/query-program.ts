import { answerParent } from '../../processes/measured-program.ts'
import type { SimulatedServerAddress } from '../simulated-servers.ts'
import { openSubject, type SubjectName } from './subjects.ts'

export interface QueryQuestion {
  readonly subject: SubjectName
  /** Each is asked by one loop: the concurrency is their number. */
  readonly targets: readonly SimulatedServerAddress[]
  readonly warmUpMs: number
  readonly measureMs: number
}

export interface QueryAnswer {
  /** INFO and PLAYER count as one each. */
  readonly queries: number
  readonly failures: number
  readonly seconds: number
  readonly cpuSeconds: number
}

await answerParent(async ({ subject, targets, warmUpMs, measureMs }: QueryQuestion): Promise<QueryAnswer> => {
  const query = await openSubject[subject]()
  const run = async (milliseconds: number) => {
    const end = performance.now() + milliseconds
    let queries = 0
    let failures = 0
    const ask = async (target: SimulatedServerAddress) => {
      while (performance.now() < end) {
        const answered = await query(target).then(
          () => true,
          () => false,
        )
        if (answered) queries += 2
        else failures += 1
      }
    }
    await Promise.all(targets.map(ask))
    return { queries, failures }
  }
  await run(warmUpMs)
  const begin = performance.now()
  const before = process.cpuUsage()
  const counts = await run(measureMs)
  const { user, system } = process.cpuUsage(before)
  return { ...counts, seconds: (performance.now() - begin) / 1000, cpuSeconds: (user + system) / 1e6 }
})
