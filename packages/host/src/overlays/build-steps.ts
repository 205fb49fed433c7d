import type { BuildProgress } from './overlay-contract.ts'

/** Progress of one build out of that of its steps, each of which has a share of the whole. */
export class BuildSteps {
  readonly #onProgress: (progress: BuildProgress) => void
  #activity = ''
  #from = 0
  #to = 0
  #began = 0

  constructor(onProgress: (progress: BuildProgress) => void) {
    this.#onProgress = onProgress
  }

  begin(activity: string, from: number, to: number): void {
    this.#activity = activity
    this.#from = from
    this.#to = to
    this.#began = performance.now()
    this.tell(0, null)
  }

  /** `fraction` of the step; `bytes` that it has handled until now. */
  tell(fraction: number, bytes: number | null): void {
    const seconds = (performance.now() - this.#began) / 1000
    const transfer =
      bytes === null ? null : { bytes, total: null, rate: seconds > 0 ? Math.round(bytes / seconds) : 0 }
    this.pass({ fraction, activity: this.#activity, transfer })
  }

  /** Progress of a step that tells itself what it does. */
  pass({ fraction, activity, transfer }: BuildProgress): void {
    this.#onProgress({
      fraction: this.#from + (this.#to - this.#from) * Math.min(1, Math.max(0, fraction)),
      activity,
      transfer,
    })
  }
}
