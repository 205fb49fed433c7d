import { execFile } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const du = '/usr/bin/du'

/**
 * Looks at what a folder takes on the disk, again and again, until `signal` aborts or it is more than `maxBytes`; calls
 * `onExceeded` then. By du(1): it never leaves the tree, however its folders are swapped meanwhile, and doesn't take our
 * time. A look that fails is no look.
 */
export async function watchDraft(options: {
  readonly folder: string
  readonly maxBytes: number
  readonly signal: AbortSignal
  /** Milliseconds between two looks. */
  readonly interval: number
  readonly onExceeded: () => void
}): Promise<void> {
  const { folder, maxBytes, signal, interval, onExceeded } = options
  while (!signal.aborted) {
    await delay(interval, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    const bytes = await run(du, ['--summarize', '--block-size=1', '--one-file-system', '--', folder], {
      signal,
      env: { LC_ALL: 'C.UTF-8' },
    }).then(
      ({ stdout }) => Number.parseInt(stdout, 10),
      // Something vanished while it looked: it says the sum of the rest nevertheless.
      (error: { stdout?: string }) => Number.parseInt(error.stdout ?? '', 10),
    )
    if (bytes > maxBytes && !signal.aborted) {
      onExceeded()
      return
    }
  }
}
