import { Search, X } from 'lucide-react'
import { useRef } from 'react'
import { messages } from '../messages/messages.ts'
import { Key } from './text.tsx'

interface SearchFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  /** The field that the key `/` goes to. */
  main?: boolean
}

export function SearchField({ label, value, onChange, main = false }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <search className="relative min-w-0 flex-1 basis-40 sm:max-w-64 sm:basis-64">
      <Search
        aria-hidden
        className="pointer-events-none absolute inset-y-0 left-2.5 my-auto size-4 text-muted"
      />
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={event => onChange(event.target.value)}
        onKeyDown={event => {
          if (event.key !== 'Escape') return
          if (value === '') event.currentTarget.blur()
          else onChange('')
        }}
        autoComplete="off"
        spellCheck={false}
        {...(main ? { 'data-search': '' } : {})}
        className="peer h-8 w-full rounded-md border border-edge bg-surface pr-8 pl-8 text-ink placeholder:text-muted pointer-coarse:h-10 [&::-webkit-search-cancel-button]:hidden"
      />
      {value !== '' ? (
        <button
          type="button"
          aria-label={messages.actions.clear}
          onClick={() => {
            onChange('')
            // This button goes with the text: without it, letters would be shortcuts.
            input.current?.focus()
          }}
          className="absolute inset-y-0 right-0 flex w-8 items-center justify-center text-muted hover:text-ink"
        >
          <X aria-hidden className="size-4" />
        </button>
      ) : (
        main && (
          <span
            aria-hidden
            className="pointer-events-none absolute inset-y-0 right-2 flex items-center peer-focus:hidden pointer-coarse:hidden"
          >
            <Key>/</Key>
          </span>
        )
      )}
    </search>
  )
}
