import type { PortRange } from '../../src/network/port-ranges.ts'

/** `27015` or `27015-27115`; null when these are no ports. */
export function parsePortRange(text: string): PortRange | null {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []
  const [start, end] = [Number(first), Number(last)]
  return start >= 1 && end <= 65_535 && start <= end ? { start, end } : null
}

/** The same ports, sorted, in ranges that neither overlap nor touch: nft refuses a set whose ranges do. */
export function mergeRanges(ranges: readonly PortRange[]): PortRange[] {
  const merged: PortRange[] = []
  for (const range of [...ranges].sort((one, other) => one.start - other.start)) {
    const last = merged.at(-1)
    if (last === undefined || range.start > last.end + 1) merged.push(range)
    else merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) }
  }
  return merged
}

export function portText({ start, end }: PortRange): string {
  return start === end ? String(start) : `${start}-${end}`
}
