import { useSyncExternalStore } from 'react'
import { formatDuration, formatLocal, formatRelative, formatUtc } from '../format/time.ts'

/** One clock for all of the page's times. It ticks every second; a time redraws only when its text changes. */
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    for (const notify of listeners) notify()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** The text that `read` makes of the present moment, kept up to date. */
export function useClock(read: (now: number) => string): string {
  return useSyncExternalStore(subscribe, () => read(Date.now()))
}

/** A moment: relative while it is recent, with the local time and UTC on hover. */
export function RelativeTime({ value }: { value: string }) {
  const time = new Date(value)
  const text = useClock(now => formatRelative(time, now))
  return (
    <time dateTime={value} title={`${formatLocal(time)}\n${formatUtc(time)}`}>
      {text}
    </time>
  )
}

/** A moment as local date and time, with UTC on hover. */
export function LocalTime({ value }: { value: string }) {
  const time = new Date(value)
  return (
    <time dateTime={value} title={formatUtc(time)}>
      {formatLocal(time)}
    </time>
  )
}

/** How long something lasted, or has lasted until now. */
export function Elapsed({ from, to }: { from: string; to: string | null }) {
  const start = new Date(from).getTime()
  const text = useClock(now => formatDuration(((to === null ? now : new Date(to).getTime()) - start) / 1000))
  return <span title={formatUtc(new Date(from))}>{text}</span>
}
