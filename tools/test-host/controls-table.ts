import type { GuardedResult } from '../../e2e/host/support/guarded.ts'

/**
 * What each guarded probe came to, with its guard and without: one line a probe, sorted. `text` is what
 * e2e/host/support/guarded.ts recorded, one JSON object a line; of several runs of a probe the last one counts.
 */
export function controlsTable(text: string): string {
  const rows = new Map<
    string,
    { attempt: string; guard: string; bed: string; with: string; without: string }
  >()
  for (const line of text.split('\n').filter(Boolean)) {
    const result = JSON.parse(line) as GuardedResult
    const { attempt, guard, bed } = result
    const key = [attempt, guard, bed].join('\0')
    const row = rows.get(key) ?? { attempt, guard, bed, with: 'not run', without: 'not run' }
    rows.set(key, { ...row, [result.guarded ? 'with' : 'without']: outcome(result) })
  }
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  const heading = { attempt: 'attempt', guard: 'guard', bed: 'bed', with: 'with guard', without: 'without' }
  return align(
    [heading, ...sorted].map(row => [row.attempt, row.guard, row.bed, row.with, row.without]),
  ).join('\n')
}

function outcome({ expected, outcome }: GuardedResult): string {
  return outcome === expected ? outcome : `${outcome} (WRONG)`
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
