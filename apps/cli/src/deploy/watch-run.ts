import { longSteps, type RunOptions } from '@left4me/converge'
import type { Deployment } from './deployment.ts'

/** Does `work` while the person is told what it is at: each step on a terminal, elsewhere those that take long. */
export async function watchRun<T>(
  { remark, showStep, signal, stateFolder }: Deployment,
  work: (options: Pick<RunOptions, 'onProgress' | 'signal' | 'stateFolder'>) => Promise<T>,
): Promise<T> {
  const long = longSteps({ print: showStep ?? remark })
  try {
    return await work({
      signal,
      ...(stateFolder === undefined ? {} : { stateFolder }),
      onProgress: progress => {
        if (progress.kind === 'started') showStep?.(progress.id)
        long.onProgress(progress)
      },
    })
  } finally {
    long.stop()
    showStep?.(null)
  }
}
