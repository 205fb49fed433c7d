import { ChevronUp, SendHorizontal } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { messages } from '../messages/messages.ts'
import { Button } from './button.tsx'

/**
 * A log that takes the height that is left on the screen, with its tools above and the input below. On a phone it fills
 * the screen below the tabs and is scrolled to: whoever opened it wants to read and to type.
 */
export function ConsoleFrame({ tools, log, input }: { tools: ReactNode; log: ReactNode; input: ReactNode }) {
  const frame = useRef<HTMLElement>(null)
  useEffect(() => {
    if (matchMedia('(max-width: 47.99rem)').matches) frame.current?.scrollIntoView({ block: 'end' })
  }, [])
  return (
    <section
      ref={frame}
      data-fill=""
      className="flex h-[max(18rem,calc(100dvh-8rem))] min-h-0 shrink-0 scroll-mb-16 flex-col overflow-hidden rounded-lg border border-line bg-surface md:h-auto md:max-h-dvh md:min-h-80 md:flex-1"
    >
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2">{tools}</div>
      {log}
      {input}
    </section>
  )
}

interface CommandLineProps {
  label: string
  placeholder: string
  value: string
  onChange: (value: string) => void
  onSubmit: () => void
  /** Arrow keys: -1 is back. Returns false when there is nothing further. */
  onStep: (by: -1 | 1) => void
  busy: boolean
  maxLength: number
  disabledReason: string | null
  /** Below the line: what went wrong. */
  error?: ReactNode
}

/** One line for commands, with history by the arrow keys, or by a button where there are none. */
export function CommandLine({
  label,
  placeholder,
  value,
  onChange,
  onSubmit,
  onStep,
  busy,
  maxLength,
  disabledReason,
  error,
}: CommandLineProps) {
  const input = useRef<HTMLInputElement>(null)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === 'ArrowUp') onStep(-1)
    else if (event.key === 'ArrowDown') onStep(1)
    else return
    event.preventDefault()
  }
  return (
    <div className="border-t border-line">
      <form
        className="flex items-center gap-1.5 py-1.5 pr-1.5 pl-3"
        onSubmit={event => {
          event.preventDefault()
          onSubmit()
          input.current?.focus()
        }}
      >
        <span aria-hidden className="font-mono text-accent select-none">
          &gt;
        </span>
        <input
          ref={input}
          aria-label={label}
          placeholder={disabledReason ?? placeholder}
          value={value}
          onChange={event => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          maxLength={maxLength}
          // Not `disabled`: it keeps the focus, and what is half typed, over a restart.
          readOnly={disabledReason !== null}
          aria-disabled={disabledReason !== null}
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="send"
          inputMode="text"
          className="h-8 min-w-0 flex-1 rounded-sm bg-transparent px-1 font-mono text-sm placeholder:font-sans placeholder:text-muted aria-disabled:cursor-not-allowed pointer-coarse:h-10"
        />
        <span className="hidden pointer-coarse:inline">
          <Button kind="quiet" icon={ChevronUp} iconOnly onClick={() => onStep(-1)}>
            {messages.console.previousCommand}
          </Button>
        </span>
        <Button type="submit" kind="plain" icon={SendHorizontal} busy={busy} disabledReason={disabledReason}>
          {messages.console.send}
        </Button>
      </form>
      {error && <div className="px-3 pb-2">{error}</div>}
    </div>
  )
}
