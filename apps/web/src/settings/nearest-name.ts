/** The name that was probably meant: one that differs in one or two letters; null when none is near, or several are. */
export function nearestName(typed: string, names: Iterable<string>): string | null {
  // Short names are near to everything.
  const allowed = typed.length < 6 ? 1 : 2
  let best: string | null = null
  let distance = allowed + 1
  for (const name of names) {
    if (Math.abs(name.length - typed.length) > allowed) continue
    const found = differenceOf(typed, name, allowed)
    if (found > distance || found > allowed) continue
    best = found === distance ? null : name
    distance = found
  }
  return best
}

/** Letters that have to be added, removed, replaced or swapped with their neighbour; given up beyond `limit`. */
function differenceOf(one: string, other: string, limit: number): number {
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let at = 1; at <= one.length; at += 1) {
    const next = [at]
    for (let to = 1; to <= other.length; to += 1) {
      const same = one[at - 1] === other[to - 1] ? 0 : 1
      const swapped =
        at > 1 && to > 1 && one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1]
          ? (before[to - 2] ?? 0) + 1
          : Number.POSITIVE_INFINITY
      next.push(Math.min((row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1, (row[to - 1] ?? 0) + same, swapped))
    }
    if (Math.min(...next) > limit) return limit + 1
    before = row
    row = next
  }
  return row.at(-1) ?? limit + 1
}
