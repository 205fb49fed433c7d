/** Numbers of cores with runs joined: `0, 2–5, 7`. */
export function formatCores(cores: readonly number[]): string {
  const sorted = [...new Set(cores)].sort((a, b) => a - b)
  const runs: [first: number, last: number][] = []
  for (const core of sorted) {
    const run = runs.at(-1)
    if (run && core === run[1] + 1) run[1] = core
    else runs.push([core, core])
  }
  return runs
    .map(([first, last]) =>
      first === last ? `${first}` : `${first}${last === first + 1 ? ', ' : '–'}${last}`,
    )
    .join(', ')
}
