import { Check, Copy } from 'lucide-react'
import { messages } from '../messages/messages.ts'
import { useCopied } from './button.tsx'
import { classes } from './classes.ts'

/** A text that is copied by pressing it, for example an address. `what` names it: “Copy the address”. */
export function CopyText({ text, what }: { text: string; what: string }) {
  const [copied, copy] = useCopied()
  const Icon = copied ? Check : Copy
  return (
    <button
      type="button"
      onClick={() => copy(text)}
      title={copied ? messages.actions.copied : what}
      aria-label={`${text}: ${what}`}
      className="group inline-flex min-h-6 max-w-full items-center gap-1.5 rounded-sm text-left font-mono text-sm text-ink hover:text-accent pointer-coarse:min-h-9"
    >
      <span className="truncate">{text}</span>
      <Icon
        aria-hidden
        className={classes('size-3.5 shrink-0', copied ? 'text-good' : 'text-muted group-hover:text-accent')}
      />
      <span role="status" className="sr-only">
        {copied ? messages.actions.copied : ''}
      </span>
    </button>
  )
}
