/**
 * Runs scripts of overlays in a sandbox that the driver knows. The script works in `overlays/ID/draft`, which exists, is
 * empty and is `/overlay` for the script; what it leaves there is the result.
 */
export interface ScriptRunner {
  /**
   * Resolves when nothing of the script is left, however it ended. `signal` kills everything of it. Rejects with a
   * HostError only when no script could be run at all.
   */
  run(overlayId: number, script: string, options: ScriptRunOptions): Promise<ScriptEnding>
  /** Ends a script that goes on although the application that started it was killed. Idempotent. */
  end(overlayId: number): Promise<void>
  /** The same of every script that goes on so. To be called before any is run. */
  endAll(): Promise<void>
}

export interface ScriptRunOptions {
  /** Bytes as they come, of standard output and standard error. */
  readonly onOutput: (chunk: Buffer) => void
  readonly signal: AbortSignal
  /** Bytes that the draft may hold; beyond it the script is killed. */
  readonly maxBytes: number
}

/** How a script ended. */
export interface ScriptEnding {
  readonly outcome:
    | 'succeeded'
    | 'failed'
    | 'killed'
    | 'timeout'
    | 'out-of-memory'
    | 'disk-limit'
    | 'cancelled'
    | 'not-started'
  /** One sentence, for example “It ended with exit code 1.” */
  readonly message: string
  readonly remedy: string
}
