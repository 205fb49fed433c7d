import { classes } from './classes.ts'
import { type Tone, toneText } from './tone.ts'

interface MeterProps {
  /** The whole of it in words. */
  label: string
  /** 0 to 1 of what there is at most. */
  value: number
  /** A line at this part of the whole: where it begins to matter. */
  mark?: number | null
  tone?: Tone
}

/** How full something is. */
export function Meter({ label, value, mark = null, tone = 'accent' }: MeterProps) {
  const width = Math.min(100, Math.max(1, value * 100))
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox="0 0 100 1"
      preserveAspectRatio="none"
      className={classes('block h-2 w-full min-w-16 rounded-full bg-hover', toneText[tone])}
    >
      <title>{label}</title>
      <rect width={width} height="1" fill="currentColor" />
      {mark !== null && (
        <line
          x1={mark * 100}
          x2={mark * 100}
          y1="0"
          y2="1"
          stroke="var(--color-edge)"
          strokeWidth="2"
          vectorEffect="non-scaling-stroke"
        />
      )}
    </svg>
  )
}
