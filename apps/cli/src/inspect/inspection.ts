/** What a file turned out to hold: as data for `--json`, and as the few lines a person wants to see. */
export interface Inspection {
  readonly json: unknown
  /** Rows of a table; every text is already `printable`. */
  readonly rows: readonly (readonly (string | number | null)[])[]
}

/** Reads one kind of file. Rejects with one sentence for a file that isn't what it is said to be. */
export type Inspect = (file: string) => Promise<Inspection>
