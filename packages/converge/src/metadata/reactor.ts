/** What a reactor sees: all layers but its own result. Every read is remembered, and makes it run again on change. */
export interface MetadataView {
  /** The value at `a/b`. A missing one is asked for again later; when it never comes the run ends with an error. */
  get<T = unknown>(path: string): T
  /** The value at `a/b`, or `otherwise`. */
  get<T>(path: string, otherwise: T): T
  has(path: string): boolean
}

/** A pure function from metadata to metadata. What it returns lies below `provides` only. */
export interface Reactor {
  readonly name: string
  readonly provides: readonly string[]
  readonly react: (metadata: MetadataView) => Readonly<Record<string, unknown>>
}

export function defineReactor(reactor: Reactor): Reactor {
  return reactor
}
