import { HostError } from '../host-error.ts'
import { Turns } from '../turns/turns.ts'

/** Keeps drafts as they are while a build copies them: what a walk of the tree has listed must be there when it is copied. */
export class DraftTurns {
  readonly #turns = new Turns()
  readonly #copied = new Set<number>()

  /** Waits for a change that is under way. Rejects with the signal's reason when it is aborted before its turn. */
  async copy<Result>(overlayId: number, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    this.#copied.add(overlayId)
    try {
      return await this.#turns.take(String(overlayId), signal, work)
    } finally {
      this.#copied.delete(overlayId)
    }
  }

  /** For what takes a moment only. Rejects with `in-use` while the draft is copied. */
  async change<Result>(overlayId: number, work: () => Promise<Result>): Promise<Result> {
    this.refuseWhileCopied(overlayId)
    return this.#turns.take(String(overlayId), new AbortController().signal, work)
  }

  refuseWhileCopied(overlayId: number): void {
    if (this.#copied.has(overlayId))
      throw new HostError('in-use', 'The overlay is being built: its files are copied at the moment.', {
        remedy: 'Wait until the build has them, or cancel it, and do this again.',
      })
  }
}
