import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { ProblemError } from './http/problem-error.ts'

const safeMethods = ['GET', 'HEAD', 'OPTIONS']

/** Milliseconds between two looks. */
const interval = 100

/**
 * While what a deployment has put at a path is there, nothing is changed and no job runs: should this version turn out
 * to be ill, the database of the one before is put back, and nobody's writing is lost with it. Once over, it stays over.
 */
export class ReadOnly {
  readonly #path: string | null
  readonly #stopping = new AbortController()
  #over = false
  #waiting: Promise<void> = Promise.resolve()

  /** `path`: null where there is no deployment. */
  constructor({ path }: { readonly path: string | null }) {
    this.#path = path
  }

  get active(): boolean {
    this.#over ||= this.#path === null || !existsSync(this.#path)
    return !this.#over
  }

  /** Refuses a request that would change something. */
  guard(method: string): void {
    if (safeMethods.includes(method) || !this.active) return
    throw new ProblemError(
      'not-ready',
      'left4me is being upgraded, and nothing can be changed meanwhile. Try again in a minute.',
    )
  }

  /** Does `begin` once changes are allowed: before this resolves if they are, else later. A failure then is told to `onError`. */
  async whenOver(begin: () => Promise<void>, onError: (error: unknown) => void): Promise<void> {
    if (this.active) this.#waiting = this.#wait(begin).catch(onError)
    else await begin()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#waiting
  }

  async #wait(begin: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping
    while (this.active) {
      await sleep(interval, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return
    }
    await begin()
  }
}
