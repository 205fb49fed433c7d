import { CircleAlert, CircleX, Info } from 'lucide-react'
import { classes } from './classes.ts'
import { type Tone, toneText } from './tone.ts'

interface RemarksProps {
  label: string
  items: readonly { where: string; tone: Tone; text: string }[]
  /** Shown at most; how many more there are is told. */
  limit?: number
}

const icons = { neutral: Info, accent: Info, good: Info, attention: CircleAlert, broken: CircleX }

/** What is said about parts of a text, each by where it is; the worst first. Read out politely as it changes. */
export function Remarks({ label, items, limit = 12 }: RemarksProps) {
  const order: Tone[] = ['broken', 'attention', 'accent', 'good', 'neutral']
  const sorted = items.toSorted((one, other) => order.indexOf(one.tone) - order.indexOf(other.tone))
  return (
    <ul aria-label={label} aria-live="polite" className="flex flex-col gap-0.5 empty:hidden">
      {sorted.slice(0, limit).map((item, index) => {
        const Icon = icons[item.tone]
        return (
          <li key={index} className="flex min-w-0 items-start gap-2 text-sm">
            <Icon aria-hidden className={classes('mt-0.5 size-4 shrink-0', toneText[item.tone])} />
            <span className="min-w-0 wrap-anywhere">
              <span className="font-mono text-muted">{item.where}</span> {item.text}
            </span>
          </li>
        )
      })}
      {sorted.length > limit && <li className="pl-6 text-sm text-muted">+ {sorted.length - limit}</li>}
    </ul>
  )
}
