import { type SteamcmdProblem, steamcmdProblem } from './problem.ts'
import { overallFraction, type SteamcmdState } from './progress.ts'
import { readSteamcmdLine, type SteamcmdLine } from './steamcmd-line.ts'

export type SteamcmdEvent =
  | { readonly kind: 'output'; readonly line: string }
  | {
      readonly kind: 'progress'
      readonly state: SteamcmdState | 'self-updating'
      /** 0 to 1 within the state; null where there is nothing to count. */
      readonly stateFraction: number | null
      /** 0 to 1 over the whole run; never smaller than before. */
      readonly fraction: number
      readonly doneBytes: number | null
      readonly totalBytes: number | null
      /** For a person: “downloading, 1.2 of 9.7 GB”. */
      readonly activity: string
    }
  | { readonly kind: 'logged-in' }
  | { readonly kind: 'app-success'; readonly appId: number; readonly upToDate: boolean }
  | { readonly kind: 'item-success'; readonly itemId: string; readonly path: string; readonly bytes: number }
  | { readonly kind: 'item-failure'; readonly itemId: string; readonly problem: SteamcmdProblem }
  | { readonly kind: 'problem'; readonly problem: SteamcmdProblem }

export interface SteamcmdResult {
  readonly succeeded: boolean
  /** Nothing had to be downloaded. */
  readonly upToDate: boolean
  /** Why it did not succeed. */
  readonly problem: SteamcmdProblem | null
  /** Workshop items that were downloaded. */
  readonly items: readonly { readonly itemId: string; readonly path: string; readonly bytes: number }[]
  readonly failedItems: readonly { readonly itemId: string; readonly problem: SteamcmdProblem }[]
  readonly exitCode: number | null
}

/** How long steamcmd may print nothing, and run at all. Preallocating and committing are silent for minutes on slow disks. */
export const steamcmdPatience = { inactivityMs: 15 * 60_000, totalMs: 12 * 3_600_000 } as const

/** Characters; the rest of a longer line is dropped. */
const maxLineLength = 8192

/**
 * Reads the output of one run, in whatever pieces it comes. The run succeeded when it said so for everything that was
 * asked and no failure for it came later. The exit code proves nothing: failures have been seen with 0.
 */
export class SteamcmdReader {
  readonly #appId: number | null
  readonly #items: ReadonlySet<string>
  #pending = ''
  #fraction = 0
  #upToDate = false
  #appSucceeded = false
  #problem: SteamcmdProblem | null = null
  #loaded = false
  #selfUpdated = false
  readonly #downloaded = new Map<string, { itemId: string; path: string; bytes: number }>()
  readonly #failed = new Map<string, { itemId: string; problem: SteamcmdProblem }>()

  /** What the run was asked for: `appId` by `app_update`, `items` by `workshop_download_item`. */
  constructor(asked: { readonly appId?: number; readonly items?: readonly string[] } = { appId: 222_860 }) {
    this.#appId = asked.appId ?? null
    this.#items = new Set(asked.items)
  }

  /** The next piece of output: any part of lines, ended by CR, LF or both. */
  push(text: string): SteamcmdEvent[] {
    const lines = text.split(/[\r\n]/)
    const last = lines.pop() ?? ''
    const events: SteamcmdEvent[] = []
    for (const line of lines) {
      this.#extend(line)
      events.push(...this.#line(this.#pending))
      this.#pending = ''
    }
    this.#extend(last)
    return events
  }

  /** The end of the run. `ended` says when it was us who ended it. */
  finish(
    exitCode: number | null,
    ended: 'by-itself' | 'inactive' | 'cancelled' = 'by-itself',
  ): SteamcmdResult {
    this.#line(this.#pending)
    this.#pending = ''
    const problem = this.#outcome(ended, exitCode)
    return {
      succeeded: problem === null,
      upToDate: problem === null && this.#upToDate,
      problem,
      items: [...this.#downloaded.values()],
      failedItems: [...this.#failed.values()],
      exitCode,
    }
  }

  #extend(text: string): void {
    const room = maxLineLength - this.#pending.length
    if (room > 0) this.#pending += text.slice(0, room)
  }

  #line(line: string): SteamcmdEvent[] {
    if (line.trim() === '') return []
    const read = readSteamcmdLine(line)
    const output: SteamcmdEvent = { kind: 'output', line }
    const event = read === null ? null : this.#understand(read)
    return event === null ? [output] : [output, event]
  }

  #understand(line: SteamcmdLine): SteamcmdEvent | null {
    switch (line.kind) {
      case 'state':
        return this.#progress(line)
      case 'self-update':
        return {
          kind: 'progress',
          state: 'self-updating',
          stateFraction: line.fraction,
          fraction: this.#fraction,
          doneBytes: null,
          totalBytes: null,
          activity: 'updating steamcmd itself',
        }
      case 'self-updated':
        this.#selfUpdated = true
        return null
      case 'loaded':
        this.#loaded = true
        return null
      case 'logged-in':
        return { kind: 'logged-in' }
      case 'success':
        return this.#success(line)
      case 'failure':
        return this.#failure(line)
      case 'item-success':
        return this.#itemSuccess(line)
      case 'item-failure':
        return this.#itemFailure(line)
    }
  }

  #progress(line: SteamcmdLine & { kind: 'state' }): SteamcmdEvent {
    this.#fraction = Math.max(this.#fraction, overallFraction(line.state, line.fraction))
    return {
      kind: 'progress',
      state: line.state,
      stateFraction: line.fraction,
      fraction: this.#fraction,
      doneBytes: line.doneBytes,
      totalBytes: line.totalBytes,
      activity: describe(line),
    }
  }

  #success(line: SteamcmdLine & { kind: 'success' }): SteamcmdEvent {
    if (line.appId === this.#appId) {
      this.#appSucceeded = true
      this.#upToDate = line.upToDate
      this.#problem = null
      this.#fraction = 1
    }
    return { kind: 'app-success', appId: line.appId, upToDate: line.upToDate }
  }

  #failure(line: SteamcmdLine & { kind: 'failure' }): SteamcmdEvent | null {
    if (line.appId !== null && line.appId !== this.#appId) return null
    // What names no app can't take back what was said of ours.
    if (line.appId === null && this.#appSucceeded) return null
    this.#appSucceeded = false
    // The first reason is the cause; a vaguer one that follows it is its consequence.
    if (this.#problem === null || this.#problem.code === 'failed') this.#problem = line.problem
    return { kind: 'problem', problem: line.problem }
  }

  #itemSuccess({ itemId, path, bytes }: SteamcmdLine & { kind: 'item-success' }): SteamcmdEvent {
    this.#downloaded.set(itemId, { itemId, path, bytes })
    this.#failed.delete(itemId)
    return { kind: 'item-success', itemId, path, bytes }
  }

  #itemFailure({ itemId, problem }: SteamcmdLine & { kind: 'item-failure' }): SteamcmdEvent {
    this.#failed.set(itemId, { itemId, problem })
    this.#downloaded.delete(itemId)
    return { kind: 'item-failure', itemId, problem }
  }

  #outcome(ended: 'by-itself' | 'inactive' | 'cancelled', exitCode: number | null): SteamcmdProblem | null {
    const appDone = this.#appId === null || this.#appSucceeded
    const missing = [...this.#items].filter(item => !this.#downloaded.has(item))
    if (appDone && missing.length === 0 && this.#problem === null) return null
    if (ended !== 'by-itself') return steamcmdProblem(ended)
    if (this.#problem !== null) return this.#problem
    for (const item of missing) {
      const failed = this.#failed.get(item)
      if (failed !== undefined) return failed.problem
    }
    // After an update of itself it starts again; where its wrapper doesn't do that, nothing else was done.
    if (this.#selfUpdated && !this.#loaded) return steamcmdProblem('self-update')
    return steamcmdProblem('no-success', exitCode === null ? undefined : `exit code ${exitCode}`)
  }
}

function describe(line: SteamcmdLine & { kind: 'state' }): string {
  const name = line.state === 'unknown' ? 'waiting' : line.state.replace('-', ' ')
  return line.totalBytes > 0
    ? `${name}, ${gigabytes(line.doneBytes)} of ${gigabytes(line.totalBytes)} GB`
    : name
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1)
}
