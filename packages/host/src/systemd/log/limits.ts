/** How much is held and how fast it is read; times are ms. */
export interface JournalLimits {
  /** Newest lines of a followed instance that are held in memory. */
  readonly ringLines: number
  readonly ringCharacters: number
  /** Lines of one instance that come at once, and how many a second it then goes on with. */
  readonly burst: number
  readonly linesPerSecond: number
  /** How long a follower's journalctl stays after the last one went. */
  readonly linger: number
  /** After which time the last line's number is written down. */
  readonly checkpoint: number
  /** Between the end of a journalctl and the next one: the first pause, and the longest. */
  readonly pause: number
  readonly longestPause: number
  /** How long a journalctl may wait for the first line of all. */
  readonly patience: number
}

export const defaultJournalLimits: JournalLimits = {
  ringLines: 2000,
  ringCharacters: 512 * 1024,
  burst: 20_000,
  linesPerSecond: 5000,
  linger: 5000,
  checkpoint: 10_000,
  pause: 200,
  longestPause: 10_000,
  patience: 5000,
}
