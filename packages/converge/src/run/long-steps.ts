import type { Progress } from './run-options.ts'

/** Says every so many seconds which step is still at work, for people who wait. `stop` when the run is over. */
export function longSteps(options: { print: (line: string) => void; seconds?: number }): {
  onProgress: (progress: Progress) => void
  stop: () => void
} {
  const { print, seconds = 10 } = options
  let timer: ReturnType<typeof setInterval> | undefined
  const stop = () => clearInterval(timer)
  return {
    stop,
    onProgress: progress => {
      stop()
      if (progress.kind === 'ended') return
      let waited = 0
      timer = setInterval(() => {
        waited += seconds
        print(`${progress.id} is at work for ${waited} s`)
      }, seconds * 1000)
    },
  }
}
