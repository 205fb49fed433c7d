import { classes } from './classes.ts'

/** Patterns tell the parts apart without their colours. */
const looks = [
  'bg-accent',
  'bg-good bg-[repeating-linear-gradient(45deg,transparent_0_6px,var(--color-good-soft)_6px_8px)]',
  'bg-attention bg-[repeating-linear-gradient(135deg,transparent_0_5px,var(--color-attention-soft)_5px_7px)]',
  'bg-broken bg-[repeating-linear-gradient(0deg,transparent_0_3px,var(--color-broken-soft)_3px_4px)]',
  'bg-ink/70',
  'bg-accent/50 bg-[repeating-linear-gradient(90deg,transparent_0_4px,var(--color-surface)_4px_5px)]',
  'bg-edge/60',
] as const

interface BarPart {
  readonly name: string
  readonly value: number
  /** The value in words. */
  readonly text: string
}

interface StackedBarProps {
  /** The whole of it in words. */
  label: string
  parts: readonly BarPart[]
  /** What the width of the bar stands for. */
  total: number
}

/** What something is made up of: a bar of parts, and a key with their names and values. */
export function StackedBar({ label, parts, total }: StackedBarProps) {
  return (
    <figure aria-label={label} className="flex min-w-0 flex-col gap-3">
      <div aria-hidden className="flex h-7 w-full gap-px overflow-hidden rounded-md bg-hover">
        {parts.map((part, index) => (
          <div
            key={part.name}
            title={`${part.name}: ${part.text}`}
            className={classes('h-full', part.value > 0 && 'min-w-0.5', looks[index % looks.length])}
            style={{ width: `${total > 0 ? (part.value / total) * 100 : 0}%` }}
          />
        ))}
      </div>
      <dl className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,15rem),1fr))] gap-x-6 gap-y-1">
        {parts.map((part, index) => (
          <div key={part.name} className="flex min-w-0 items-center gap-2">
            <span
              aria-hidden
              className={classes('size-3.5 shrink-0 rounded-xs', looks[index % looks.length])}
            />
            <dt className="min-w-0 flex-1 text-muted">{part.name}</dt>
            <dd className="font-medium">{part.text}</dd>
          </div>
        ))}
      </dl>
    </figure>
  )
}
