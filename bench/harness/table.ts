import { type Aim, type Figure, meets, type Unit } from './benchmark.ts'
import type { BenchmarkResult } from './results.ts'

/** ms; of an idle machine it is below one. */
const busyLateness = 5

/** What a person reads of one benchmark: a row for each figure, then what there is to say about them. */
export function tableOf({ name, title, seconds, timerLatenessBefore, outcome }: BenchmarkResult): string {
  const head = `${name}: ${title} (${seconds.toFixed(0)} s)`
  if (outcome.state === 'failed') return `${head}\n  failed: ${outcome.reason}\n`
  if (outcome.state === 'not-run') return `${head}\n  not run: ${outcome.reason}\n`
  const rows = outcome.figures.map(figure => [
    figure.name,
    formatValue(figure.value, figure.unit),
    figure.aim === null ? '' : formatAim(figure.aim, figure.unit),
    verdictOf(figure),
  ])
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => (row[column] ?? '').length)))
  const lines = rows.map(([label = '', value = '', aim = '', verdict = '']) =>
    `  ${label.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${aim.padEnd(widths[2] ?? 0)}  ${verdict}`.trimEnd(),
  )
  const busy =
    timerLatenessBefore > busyLateness
      ? [
          `the machine was busy with other work: a timer came ${timerLatenessBefore.toFixed(0)} ms late before this began`,
        ]
      : []
  return `${[head, ...lines, ...[...outcome.notes, ...busy].map(note => `  · ${note}`)].join('\n')}\n`
}

export function formatValue(value: number, unit: Unit): string {
  switch (unit) {
    case 'bytes':
      return value >= 10_240 ? `${formatNumber(value / 1024)} KiB` : `${formatNumber(value)} bytes`
    case 'times':
      return `${formatNumber(value)}×`
    case 'count':
      return formatNumber(value)
    case 'ms':
    case 'µs':
    case 'MB':
    case 'MB/s':
    case '1/s':
    case '%':
      return `${formatNumber(value)} ${unit}`
  }
}

/** Three digits where there is a fraction. */
function formatNumber(value: number): string {
  const size = Math.abs(value)
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function formatAim(aim: Aim, unit: Unit): string {
  return 'atMost' in aim ? `≤ ${formatValue(aim.atMost, unit)}` : `≥ ${formatValue(aim.atLeast, unit)}`
}

function verdictOf(figure: Figure): string {
  const within = meets(figure)
  return within === null ? '' : within ? 'within' : 'OUTSIDE'
}
