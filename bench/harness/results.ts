import { rename, writeFile } from 'node:fs/promises'
import { type Figure, type Measurement, meets } from './benchmark.ts'
import type { Commit } from './commit.ts'
import type { MachineDescription } from './machine.ts'

export type Outcome =
  | ({ readonly state: 'finished' } & Measurement)
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'not-run'; readonly reason: string }

export interface BenchmarkResult {
  readonly name: string
  readonly title: string
  readonly seconds: number
  /** How late a timer came before it began, ms (99th percentile): other work on the machine is in every time then. */
  readonly timerLatenessBefore: number
  readonly outcome: Outcome
}

export interface Results {
  readonly startedAt: Date
  readonly machine: MachineDescription
  readonly commit: Commit
  readonly benchmarks: readonly BenchmarkResult[]
}

/** The file's text: each list of samples on one line, so that the figures between them can be read. */
export function resultsText({ startedAt, machine, commit, benchmarks }: Results): string {
  const lists: string[] = []
  const document = {
    startedAt: startedAt.toISOString(),
    commit,
    machine,
    benchmarks: benchmarks.map(({ outcome, ...benchmark }) => ({ ...benchmark, ...outcomeOf(outcome) })),
  }
  const text = JSON.stringify(
    document,
    (key, value: unknown) => {
      if (key !== 'values') return value
      lists.push(JSON.stringify(value))
      return `\u0000${lists.length - 1}`
    },
    2,
  )
  return `${text.replaceAll(/"\\u0000(\d+)"/g, (_match, index: string) => lists[Number(index)] ?? '[]')}\n`
}

/** Replaces the file at once, so that a reader never finds half of it. */
export async function writeResults(path: string, results: Results): Promise<void> {
  const beside = `${path}.${process.pid}`
  await writeFile(beside, resultsText(results))
  await rename(beside, path)
}

function outcomeOf(outcome: Outcome) {
  if (outcome.state !== 'finished') return outcome
  const { state, figures, notes, samples } = outcome
  return {
    state,
    figures: figures.map(figureOf),
    notes,
    samples: samples.map(each => ({ ...each, values: each.values.map(exact) })),
  }
}

function figureOf(figure: Figure) {
  const within = meets(figure)
  return {
    ...figure,
    value: exact(figure.value),
    ...(within === null ? {} : { verdict: within ? 'within' : 'outside' }),
  }
}

/** Without the digits that no clock here has. */
function exact(value: number): number {
  return Number(value.toPrecision(9))
}
