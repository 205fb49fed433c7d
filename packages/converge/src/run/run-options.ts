import type { Graph } from '../relations/graph.ts'

/** A node whose items are known. */
export interface Target {
  readonly name: string
  readonly graph: Graph
}

export type Progress =
  | { readonly kind: 'started'; readonly id: string }
  | { readonly kind: 'ended'; readonly id: string; readonly exitCode: number; readonly milliseconds: number }

export interface RunOptions {
  /** Where the engine keeps its own state on the target; `/var/lib/left4me-apply` when left out. */
  readonly stateFolder?: string
  /** Only what these selectors mean, what that needs, and what it triggers. */
  readonly only?: readonly string[]
  readonly skip?: readonly string[]
  /** An item whose secret can't be had fails; else it is skipped. */
  readonly strict?: boolean
  /** Removes what an earlier run made and no item declares any more, if it is still as it was made. */
  readonly prune?: boolean
  /** How many generations stay; 10 when left out. */
  readonly generations?: number
  /** Who holds the lock, as others are told. */
  readonly holder?: string
  readonly onProgress?: (progress: Progress) => void
  /** For `rollback`: what was written since, and would be lost, doesn't stand in the way. */
  readonly acceptLoss?: boolean
  /** Breaks the connection; the step that runs on the target goes on to its end. */
  readonly signal?: AbortSignal
}

export const defaultStateFolder = '/var/lib/left4me-apply'
