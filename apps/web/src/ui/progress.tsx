import { formatFraction } from '../format/numbers.ts'
import { classes } from './classes.ts'
import { type Tone, toneSolid } from './tone.ts'

interface ProgressProps {
  label: string
  /** 0 to 1; null while nobody knows. */
  value: number | null
  tone?: Tone
  /** Shows the percentage beside it. */
  shown?: boolean
}

export function Progress({ label, value, tone = 'accent', shown = false }: ProgressProps) {
  const percent = value === null ? undefined : Math.floor(Math.min(1, Math.max(0, value)) * 100)
  return (
    <div className="flex min-w-0 items-center gap-3">
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className="h-1.5 min-w-12 flex-1 overflow-hidden rounded-full bg-hover"
      >
        <div
          className={classes(
            'h-full rounded-full transition-[width] duration-300',
            toneSolid[tone],
            percent === undefined && 'animate-pulse-slow',
          )}
          style={{ width: `${percent ?? 100}%` }}
        />
      </div>
      {shown && value !== null && (
        <span className="w-12 shrink-0 text-right text-sm text-muted">{formatFraction(value)}</span>
      )}
    </div>
  )
}

/** Nothing to show yet. Appears only after a moment, because most things come sooner. */
export function Loading({ label }: { label: string }) {
  return (
    <p role="status" className="animate-[appear_0s_0.3s_both] p-6 text-center text-muted">
      {label}
    </p>
  )
}
