/** More than any machine has. */
const coreLimit = 8192

/**
 * A list of cores, `0-3,8 10`, sorted, each once; cpuset(7), “List format”, and systemd.resource-control(5), which
 * separates by blanks too. null for anything else, and for none.
 */
export function parseCores(text: string): number[] | null {
  const cores = new Set<number>()
  for (const range of text.trim().split(/[\s,]+/)) {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? []
    const from = Number(first)
    const to = Number(last)
    if (first === undefined || from > to || to >= coreLimit) return null
    for (let core = from; core <= to; core++) cores.add(core)
  }
  return [...cores].sort((one, other) => one - other)
}
