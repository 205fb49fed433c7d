import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'

export interface Choice {
  value: string
  label: string
  group?: string
}

/** What a list offers, in its groups. */
export function Options({ choices }: { choices: readonly Choice[] }) {
  const groups = Map.groupBy(choices, choice => choice.group ?? '')
  return [...groups].map(([group, members]) => {
    const options = members.map(choice => (
      <option key={choice.value} value={choice.value}>
        {choice.label}
      </option>
    ))
    return group === '' ? (
      options
    ) : (
      <optgroup key={group} label={group}>
        {options}
      </optgroup>
    )
  })
}

interface ChoiceCardsProps {
  legend: string
  name: string
  value: string
  onChange: (value: string) => void
  choices: readonly { value: string; label: string; about?: ReactNode }[]
  error?: string | undefined
}

/** A few choices that need a word each, as radio buttons. */
export function ChoiceCards({ legend, name, value, onChange, choices, error }: ChoiceCardsProps) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className="mb-1 font-medium">{legend}</legend>
      <div className="flex flex-col gap-2">
        {choices.map(choice => (
          <label
            key={choice.value}
            className="flex min-w-0 items-start gap-2.5 rounded-md border border-line bg-surface px-3 py-2 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
              className="mt-0.5 size-4 shrink-0 accent-accent outline-none"
            />
            <span className="min-w-0">
              <span className="block font-medium wrap-anywhere">{choice.label}</span>
              {choice.about && <span className="block text-sm text-muted wrap-anywhere">{choice.about}</span>}
            </span>
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p role="alert" className="text-sm text-broken">
          {error}
        </p>
      )}
    </fieldset>
  )
}

interface CheckboxProps {
  label: string
  hint?: string
  checked: boolean
  onChange: (checked: boolean) => void
}

export function Checkbox({ label, hint, checked, onChange }: CheckboxProps) {
  return (
    <label className="flex min-h-6 min-w-0 items-start gap-2.5">
      <input
        type="checkbox"
        checked={checked}
        onChange={event => onChange(event.target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <span className="min-w-0">
        {label}
        {hint && <span className="block text-sm text-muted">{hint}</span>}
      </span>
    </label>
  )
}

interface CompactSelectProps {
  label: string
  value: string
  onChange: (value: string) => void
  choices: readonly Choice[]
}

/** A list to choose from in a row of tools; the label is for screen readers. */
export function CompactSelect({ label, value, onChange, choices }: CompactSelectProps) {
  return (
    <span className="relative inline-flex">
      <select
        aria-label={label}
        value={value}
        onChange={event => onChange(event.target.value)}
        className="h-8 appearance-none rounded-md border border-edge bg-surface pr-7 pl-2.5 text-ink pointer-coarse:h-10"
      >
        <Options choices={choices} />
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none absolute inset-y-0 right-2 my-auto size-4 text-muted"
      />
    </span>
  )
}
