/** Tells of changed instances, of all that come in one turn together, and wakes up who waits for a change. */
export class ChangeFeed {
  readonly #tell: (instanceIds: ReadonlySet<number>) => void
  readonly #watchers = new Set<() => void>()
  #changed = new Set<number>()
  #turn: NodeJS.Immediate | null = null

  constructor(tell: (instanceIds: ReadonlySet<number>) => void) {
    this.#tell = tell
  }

  add(instanceId: number): void {
    this.#changed.add(instanceId)
    this.#turn ??= setImmediate(() => {
      this.#turn = null
      const changed = this.#changed
      this.#changed = new Set()
      for (const look of this.#watchers) look()
      this.#tell(changed)
    })
  }

  /** Forgets what wasn't told yet. */
  clear(): void {
    if (this.#turn) clearImmediate(this.#turn)
    this.#turn = null
    this.#changed.clear()
  }

  /** Resolves when `condition` holds, looking after every change. Rejects when `signal` aborts. */
  async until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const look = () => {
      if (condition()) resolve()
    }
    const onAbort = () => reject(signal.reason)
    this.#watchers.add(look)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      signal.throwIfAborted()
      look()
      await promise
    } finally {
      this.#watchers.delete(look)
      signal.removeEventListener('abort', onAbort)
    }
  }
}
