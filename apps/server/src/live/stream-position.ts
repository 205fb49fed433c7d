/** How far a client is. Sequences of the hub mean something only within its epoch; those of a log always do. */
export interface StreamPosition {
  readonly epoch: string
  sequence: number
  /** Sequence of the last log line; null in the stream of everything, which has none. */
  log: number | null
}

/** `EPOCH.SEQUENCE`, with `.LOG` in a server's own stream. */
export function formatEventId({ epoch, sequence, log }: StreamPosition): string {
  return log === null ? `${epoch}.${sequence}` : `${epoch}.${sequence}.${log}`
}

/** null for anything that we never sent. */
export function parseEventId(text: string | undefined): StreamPosition | null {
  const match = /^([A-Za-z0-9_-]{1,40})\.(\d{1,15})(?:\.(\d{1,15}))?$/.exec(text ?? '')
  const [, epoch, sequence, log] = match ?? []
  if (epoch === undefined) return null
  return { epoch, sequence: Number(sequence), log: log === undefined ? null : Number(log) }
}
