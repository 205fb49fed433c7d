const units = ['kB', 'MB', 'GB', 'TB'] as const

/** For a sentence: `812 bytes`, `1.2 GB`. */
export function byteText(bytes: number): string {
  if (bytes < 1000) return `${bytes} byte${bytes === 1 ? '' : 's'}`
  let value = bytes
  let unit: string = ''
  for (const next of units) {
    if (value < 999.5) break
    value /= 1000
    unit = next
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`
}
