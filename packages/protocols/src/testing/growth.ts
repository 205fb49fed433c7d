/** How much larger the second input is. */
export const growthFactor = 8

/**
 * How many times the CPU time grows when the input grows by `growthFactor`: about 8 for linear work, about 64 for quadratic.
 * CPU time of this thread's process and the least of several runs, so that a busy machine changes little.
 */
export function growth<T>(make: (size: number) => T, run: (input: T) => void, size: number): number {
  const small = make(size)
  const large = make(size * growthFactor)
  // Compile first, and long enough that both are measured as the same machine code.
  for (let round = 0; round < 3; round += 1) cost(run, small)
  return cost(run, large) / cost(run, small)
}

function cost<T>(run: (input: T) => void, input: T): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 5; round += 1) {
    const before = process.cpuUsage()
    run(input)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, user + system)
  }
  return Math.max(least, 50)
}
