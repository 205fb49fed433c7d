import { language } from '../messages/messages.ts'

const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

/** A size in decimal units with three digits that matter: `812 B`, `1.24 MB`, `9.71 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${units[unit]}`
}

const counts = new Intl.NumberFormat(language)

export function formatCount(count: number): string {
  return counts.format(count)
}

/** `0.415` as `41 %`: rounded down, so that 100 % means done. */
export function formatFraction(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)} %`
}
