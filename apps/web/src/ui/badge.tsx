import type { LucideIcon } from 'lucide-react'
import { classes } from './classes.ts'
import { type Tone, toneSoft, toneText } from './tone.ts'

interface BadgeProps {
  tone: Tone
  icon: LucideIcon
  /** The icon turns: something is going on. */
  moving?: boolean
  title?: string
  children: string
}

/** A state: icon, word and colour together. */
export function Badge({ tone, icon: Icon, moving = false, title, children }: BadgeProps) {
  return (
    <span
      title={title}
      className={classes(
        'inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full px-2 text-sm font-medium whitespace-nowrap',
        toneSoft[tone],
        toneText[tone],
      )}
    >
      <Icon
        aria-hidden
        className={classes('size-3.5 shrink-0', moving && 'animate-spin motion-reduce:animate-none')}
      />
      {children}
    </span>
  )
}

/** A short label without a state, for example a role or “simulated”. */
export function Tag({ children, title }: { children: string; title?: string }) {
  return (
    <span
      title={title}
      className="inline-flex h-5 shrink-0 items-center rounded-sm border border-line bg-hover px-1.5 text-xs font-medium whitespace-nowrap text-muted"
    >
      {children}
    </span>
  )
}
