import { messages } from '../messages/messages.ts'

const two = (value: number) => String(value).padStart(2, '0')

/** Local wall clock, `21:04:11`. The same in every language, so that columns align and nothing is ambiguous. */
export function formatClock(time: Date): string {
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}

/** Local date and time, `2026-11-22 21:04:11`. */
export function formatLocal(time: Date): string {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${formatClock(time)}`
}

/** The same instant in UTC, `2026-11-22 20:04:11 UTC`. */
export function formatUtc(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** How long ago, in the largest unit that fits; the local date once it is more than a week. A future time counts as now. */
export function formatRelative(time: Date, now: number): string {
  const seconds = Math.max(0, Math.floor((now - time.getTime()) / 1000))
  if (seconds < 10) return messages.time.now
  if (seconds < 60) return messages.time.secondsAgo(Math.floor(seconds / 10) * 10)
  if (seconds < 3600) return messages.time.minutesAgo(Math.floor(seconds / 60))
  if (seconds < 86_400) return messages.time.hoursAgo(Math.floor(seconds / 3600))
  if (seconds < 7 * 86_400) return messages.time.daysAgo(Math.floor(seconds / 86_400))
  return formatLocal(time).slice(0, 10)
}

/** A length of time as two units at most: `4 s`, `2 min 5 s`, `3 h 12 min`, `2 d 4 h`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const { second, minute, hour, day } = messages.units
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), day],
    [Math.floor(whole / 3600) % 24, hour],
    [Math.floor(whole / 60) % 60, minute],
    [whole % 60, second],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return `0 ${second}`
  return parts
    .slice(first, first + 2)
    .filter(([count], index) => index === 0 || count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}
