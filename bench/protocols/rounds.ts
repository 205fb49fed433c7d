/** What one round of pure work took. */
export interface Round {
  readonly seconds: number
  readonly cpuSeconds: number
}

/** Runs `work` once for each round, after as many runs as the compiler needs. */
export function timeRounds(
  work: () => void,
  { warmUps, rounds }: { warmUps: number; rounds: number },
): Round[] {
  for (let run = 0; run < warmUps; run += 1) work()
  return Array.from({ length: rounds }, () => {
    const before = process.cpuUsage()
    const begin = performance.now()
    work()
    const seconds = (performance.now() - begin) / 1000
    const { user, system } = process.cpuUsage(before)
    return { seconds, cpuSeconds: (user + system) / 1e6 }
  })
}
