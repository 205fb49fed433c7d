import { quantile } from './statistics.ts'

const probeMs = 600

/**
 * How late a timer of one millisecond comes on this machine, in ms, 99th percentile over about half a second: what other
 * work on it adds to every time that is measured. Below 1 on a machine that is idle.
 */
export async function timerLateness(): Promise<number> {
  const lateness: number[] = []
  const begin = performance.now()
  let before = begin
  const { promise, resolve } = Promise.withResolvers<void>()
  const next = () => {
    const now = performance.now()
    lateness.push(now - before - 1)
    before = now
    if (now - begin < probeMs) setTimeout(next, 1)
    else resolve()
  }
  setTimeout(next, 1)
  await promise
  return Math.max(0, quantile(lateness, 0.99))
}
