import type { ReactNode } from 'react'
import { classes } from './classes.ts'

/** Short things below each other, for example recent events. */
export function LineList({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul aria-label={label} className="divide-y divide-line/70">
      {children}
    </ul>
  )
}

export function Line({ time, children }: { time?: ReactNode; children: ReactNode }) {
  return (
    <li className="flex min-w-0 gap-3 px-4 py-1.5">
      <span className="min-w-0 flex-1 wrap-anywhere">{children}</span>
      {time && <span className="shrink-0 text-sm text-muted">{time}</span>}
    </li>
  )
}

/** A strip of figures: what the whole is like at a glance. On a phone without the `wide` ones, unless they are bad. */
export function Strip({
  items,
}: {
  items: readonly { name: string; value: ReactNode; bad?: boolean; wide?: boolean }[]
}) {
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
      {items.map(item => (
        <div
          key={item.name}
          className={classes('items-baseline gap-1.5', item.wide && !item.bad ? 'hidden sm:flex' : 'flex')}
        >
          <dt className="text-muted">{item.name}</dt>
          <dd className={classes('font-medium', item.bad && 'text-attention')}>{item.value}</dd>
        </div>
      ))}
    </dl>
  )
}
