import { HostError } from '../../host-error.ts'

/** What a file of a revision may have: `overlay-store.ts` says why it isn't read-only. */
export function publishedMode(mode: number): number {
  return mode & 0o111 ? 0o755 : 0o644
}

/** Counts bytes up to a limit; beyond it throws `build-too-large`. */
export class SizeLimit {
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get bytes(): number {
    return this.#bytes
  }

  add(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#maxBytes) throw tooLarge(this.#maxBytes)
  }
}

function tooLarge(maxBytes: number): HostError {
  return new HostError(
    'build-too-large',
    `The result has more than the ${inMegabytes(maxBytes)} that one build may have.`,
    {
      remedy: 'Leave something out, or split it into several overlays.',
    },
  )
}

function inMegabytes(bytes: number): string {
  return bytes < 1e6 ? `${bytes} bytes` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
}
