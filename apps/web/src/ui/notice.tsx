import { CircleAlert, CircleCheck, CircleX, Info } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import { type Tone, toneSoft, toneText } from './tone.ts'

const icons = {
  neutral: Info,
  accent: Info,
  good: CircleCheck,
  attention: CircleAlert,
  broken: CircleX,
}

interface NoticeProps {
  tone: Tone
  title?: ReactNode
  children?: ReactNode
  actions?: ReactNode
  /** Read out at once by a screen reader: for what just went wrong. */
  urgent?: boolean
}

/** What happened and what to do about it, standing beside what it is about. */
export function Notice({ tone, title, children, actions, urgent = false }: NoticeProps) {
  const Icon = icons[tone]
  return (
    <div
      role={urgent ? 'alert' : 'status'}
      className={classes(
        'flex min-w-0 flex-wrap items-start gap-x-3 gap-y-2 rounded-md px-3 py-2',
        toneSoft[tone],
      )}
    >
      <Icon aria-hidden className={classes('mt-0.5 size-4 shrink-0', toneText[tone])} />
      <div className="min-w-0 flex-1 basis-48 wrap-anywhere">
        {title && <div className="font-medium">{title}</div>}
        {children && <div className="text-ink">{children}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </div>
  )
}

/** Nothing is here, said within a panel. */
export function Hint({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="px-4 py-6 text-center text-muted">
      <p>{title}</p>
      {children && <p className="text-sm">{children}</p>}
    </div>
  )
}
