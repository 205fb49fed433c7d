import { isDiskFull } from '../files/full-disk.ts'
import { HostError } from '../host-error.ts'

/** Why a build failed, as an error for people. */
export function explainBuildFailure(error: unknown, overlayId: number, signal: AbortSignal): HostError {
  if (signal.aborted)
    return new HostError('cancelled', `Building overlay ${overlayId} was cancelled.`, { cause: error })
  if (error instanceof HostError) return error
  if (isDiskFull(error))
    return new HostError('disk-full', `Overlay ${overlayId} could not be built: the disk is full.`, {
      remedy: 'Free space on the disk of the data directory.',
      cause: error,
    })
  const { code } = error as NodeJS.ErrnoException
  return new HostError(
    'build-failed',
    `Overlay ${overlayId} could not be built (${code ?? (error instanceof Error ? error.message : String(error))}).`,
    { remedy: 'Try again; if it stays, see to the data directory and its disk.', cause: error },
  )
}
