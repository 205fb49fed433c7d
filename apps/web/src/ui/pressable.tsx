import type { ReactNode } from 'react'

/** A tile that is pressed as a whole, for example a campaign. */
export function Tile({
  picture,
  pressed,
  onClick,
  children,
}: {
  picture: ReactNode
  pressed: boolean
  onClick: () => void
  children: ReactNode
}) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onClick}
      className="flex min-w-0 flex-col overflow-hidden rounded-md border border-line bg-surface text-left hover:border-edge aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:ring-1 aria-pressed:ring-accent"
    >
      <span className="block h-20 w-full overflow-hidden">{picture}</span>
      <span className="truncate px-2 py-1.5 text-sm font-medium">{children}</span>
    </button>
  )
}

/** One of a few views of the same thing: filter by state, theme. */
export function Segments<Value extends string>(props: {
  label: string
  value: Value
  onChange: (value: Value) => void
  choices: readonly { value: Value; label: string }[]
}) {
  return (
    <fieldset className="flex max-w-full min-w-0 gap-0.5 overflow-x-auto rounded-md border border-line bg-sunken p-0.5">
      <legend className="sr-only">{props.label}</legend>
      {props.choices.map(choice => (
        <button
          key={choice.value}
          type="button"
          aria-pressed={choice.value === props.value}
          onClick={() => props.onChange(choice.value)}
          className="h-7 shrink-0 rounded-sm px-2.5 text-sm font-medium text-muted -outline-offset-2 hover:text-ink aria-pressed:bg-surface aria-pressed:text-ink aria-pressed:shadow-xs pointer-coarse:h-9"
        >
          {choice.label}
        </button>
      ))}
    </fieldset>
  )
}
