import { Check, Copy } from 'lucide-react'
import { messages } from '../messages/messages.ts'
import { classes } from './classes.ts'
import { useCopied } from './use-copied.ts'

interface CopyTextProps {
  text: string
  /** Names it: “Copy the address”. */
  what: string
  /** What is copied, where only a part of it is shown. */
  whole?: string
}

/** A text that is copied by pressing it, for example an address. */
export function CopyText({ text, what, whole = text }: CopyTextProps) {
  const [copied, copy] = useCopied()
  const Icon = copied ? Check : Copy
  return (
    <button
      type="button"
      onClick={() => copy(whole)}
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
