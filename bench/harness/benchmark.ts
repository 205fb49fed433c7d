/** What one benchmark measures, under the name by which `npm run bench -- NAME` calls it. */
export interface Benchmark {
  readonly name: string
  /** One line for the table's reader: what is measured, from where to where. */
  readonly title: string
  /** Rejects with `NotRunnable` where this machine lacks something. Leaves nothing running and nothing on disk. */
  run(context: BenchmarkContext): Promise<Measurement>
}

export interface BenchmarkContext {
  /** Aborted when the person interrupts the run. */
  readonly signal: AbortSignal
  /** Progress, for a person. */
  say(text: string): void
  /** Folder for CPU profiles of the processes that are measured; null: none are taken. */
  readonly profileFolder: string | null
}

/** MB are 10⁶ bytes. */
export type Unit = 'ms' | 'µs' | 'bytes' | 'MB' | 'MB/s' | '1/s' | '%' | 'times' | 'count'

/** Everything that was measured, one number a sample, in the order in which they were taken. */
interface Samples {
  readonly name: string
  readonly unit: Unit
  readonly values: readonly number[]
}

export type Aim = { readonly atMost: number } | { readonly atLeast: number }

/** One number that the samples come to. */
export interface Figure {
  readonly name: string
  readonly unit: Unit
  readonly value: number
  /** What it should be; null where it only stands beside another figure. */
  readonly aim: Aim | null
}

export interface Measurement {
  readonly samples: readonly Samples[]
  readonly figures: readonly Figure[]
  /** How to read the figures: what was compared, and what limits them. */
  readonly notes: readonly string[]
}

/** Something that this machine lacks, as a sentence with the remedy. The benchmark is named with it, not failed. */
export class NotRunnable extends Error {
  override readonly name = 'NotRunnable'
}

export function meets({ value, aim }: Figure): boolean | null {
  if (aim === null) return null
  return 'atMost' in aim ? value <= aim.atMost : value >= aim.atLeast
}
