import type { Value } from '../items/item.ts'

/** Why an item was left as it is: a closed list. */
export const skipReasons = [
  'skip-attribute',
  'left-out',
  'dependency-failed',
  'dependency-skipped',
  'preceding-failed',
  'soft-locked',
  'secret-unavailable',
  'interrupted',
  'undone',
] as const
export type SkipReason = (typeof skipReasons)[number]

export interface Difference {
  readonly key: string
  readonly actual: Value | 'absent'
  readonly expected: Value | 'absent'
}

export interface ItemReport {
  readonly id: string
  /**
   * `change`: a plan would change it. `ran`: an action that runs every time. `idle`: nothing triggered it; not counted.
   * `unselected`: `only` names others; not counted.
   */
  readonly status: 'ok' | 'fixed' | 'ran' | 'change' | 'skipped' | 'failed' | 'idle' | 'unselected'
  readonly reason?: SkipReason
  /** The item that the reason is about. */
  readonly because?: string
  readonly differences: readonly Difference[]
  /** A reaction to a trigger ran or would run. */
  readonly triggered?: true
  /** What it depends on would change before, so that a plan can't be sure. */
  readonly maybe?: true
  /** Lines of a unified diff; secret content is never in it. */
  readonly diff?: string
  /** What a failed step printed, or why nothing could be tried. */
  readonly message?: string
  readonly milliseconds?: number
}

export interface Counts {
  readonly ok: number
  readonly fixed: number
  readonly skipped: number
  readonly failed: number
  /** Actions that run every time: neither fixed nor failed. */
  readonly ran: number
  /** What a plan would change. */
  readonly changes: number
  readonly total: number
}

export interface Report {
  readonly node: string
  readonly mode: 'plan' | 'apply'
  readonly items: readonly ItemReport[]
  readonly counts: Counts
  /** Why the run ended early: not reached, locked, connection lost, or something went wrong here (`failed-here`). */
  readonly error?: { readonly code: string; readonly message: string }
  /** The generation that this run made; null when nothing was changed. */
  readonly generation: number | null
  /** Made by an earlier run at a path that no item has any more: ids, with the path where the item has another one now. */
  readonly undeclared: readonly string[]
  readonly pruned: readonly string[]
  /** What `prune` left because it isn't what was written, or isn't empty. */
  readonly unpruned: readonly string[]
  /** Reactions that are still due, by the item that has to react. */
  readonly pending: readonly string[]
  /** How often the target was asked. */
  readonly exchanges: number
  readonly milliseconds: number
  /** apply: 0 nothing failed, 1 failed. plan and verify: 0 converged, 3 differs, 1 error. */
  readonly exitCode: 0 | 1 | 3
}

export function countItems(items: readonly ItemReport[]): Counts {
  const of = (status: ItemReport['status']) => items.filter(item => item.status === status).length
  const counts = {
    ok: of('ok'),
    fixed: of('fixed'),
    skipped: of('skipped'),
    failed: of('failed'),
    ran: of('ran'),
    changes: of('change'),
  }
  return { ...counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0) }
}

export function exitCodeOf(report: Pick<Report, 'mode' | 'counts' | 'error'>): 0 | 1 | 3 {
  if (report.error !== undefined || report.counts.failed > 0) return 1
  return report.mode === 'plan' && report.counts.changes > 0 ? 3 : 0
}

/** The line that other programs read. In a plan `fixed` counts what apply would fix. */
export function summaryLine({ node, mode, counts }: Pick<Report, 'node' | 'mode' | 'counts'>): string {
  const fixed = mode === 'plan' ? counts.changes : counts.fixed
  return `${node}: ${counts.ok} ok, ${fixed} fixed, ${counts.skipped} skipped, ${counts.failed} failed`
}
