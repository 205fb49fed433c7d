/**
 * The value below which `fraction` (0 to 1) of the values lie, by linear interpolation between the two nearest ones
 * (Hyndman and Fan's definition 7). NaN when there are none.
 */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = Float64Array.from(values).sort()
  const position = (sorted.length - 1) * fraction
  const lower = sorted[Math.floor(position)] ?? Number.NaN
  const upper = sorted[Math.ceil(position)] ?? Number.NaN
  return lower + (upper - lower) * (position - Math.floor(position))
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
