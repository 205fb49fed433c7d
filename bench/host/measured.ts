/** What `inside/main.ts` measured in the container and printed as one line of JSON: samples, ms unless told. */
export interface Measured {
  /** A helper through sudo, called as the service user, and what it comes to called directly. */
  readonly helper: { readonly helper: number[]; readonly directly: number[] }
  /** From asking until the unit was active: asking the API, and systemctl for the same two units. */
  readonly start: { readonly api: number[]; readonly systemctl: number[] }
  /** From the unit's leaving `active` until an SSE client heard of it. */
  readonly stateChange: number[]
  readonly lines: {
    readonly steady: number[]
    /** The same while nobody wakes up readers of the journal: journald's own pace. */
    readonly unwoken: number[]
    /** From a program's print until its parent read it from a pipe, meanwhile. */
    readonly pipe: number[]
    readonly burst: number[]
    /** First printed to last received. */
    readonly burstDuration: number
    /** Lines lost, doubled or out of order. */
    readonly faults: number
  }
  /** Shares of one core, with so many servers running and nobody on them. */
  readonly idle: {
    readonly web: number
    readonly journalctl: number
    readonly journald: number
    readonly servers: number
  }
}
