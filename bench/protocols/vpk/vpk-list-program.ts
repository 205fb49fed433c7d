import { readFileSync } from 'node:fs'
import { VpkFile } from '@left4me/protocols/client'
import { answerParent } from '../../processes/measured-program.ts'
import { memoryOf } from '../../processes/usage.ts'

export interface VpkListAnswer {
  readonly milliseconds: number
  readonly cpuMilliseconds: number
  readonly entries: number
  /** Bytes: resident before, the most that was ever resident until after. */
  readonly before: number
  readonly peak: number
}

/** The first list of a fresh process: nothing is compiled yet. */
await answerParent(async ({ path }: { path: string }): Promise<VpkListAnswer> => {
  const before = memoryOf(process.pid).rss
  const cpuBefore = process.cpuUsage()
  const begin = performance.now()
  await using file = await VpkFile.open(path)
  const entries = file.entries.filter(entry => entry.path.endsWith('.vmt') && entry.size > 0).length
  const milliseconds = performance.now() - begin
  const { user, system } = process.cpuUsage(cpuBefore)
  const cpuMilliseconds = (user + system) / 1000
  return { milliseconds, cpuMilliseconds, entries, before, peak: peakOf(process.pid) }
})

function peakOf(pid: number): number {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kibibytes) * 1024
}
