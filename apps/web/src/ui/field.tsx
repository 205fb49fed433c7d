import { Field } from '@base-ui/react/field'
import { ChevronDown, Eye, EyeOff } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { messages } from '../messages/messages.ts'
import { type Choice, Options } from './choices.tsx'
import { classes } from './classes.ts'

const control =
  'w-full min-w-0 rounded-md border border-edge bg-surface px-2.5 text-ink placeholder:text-muted/80 disabled:opacity-60 aria-invalid:border-broken data-invalid:border-broken'
const oneLine = classes(control, 'h-8 pointer-coarse:h-11')

interface FrameProps {
  label: string
  /** Below the control: what is expected. */
  hint?: ReactNode
  error?: string | undefined
  optional?: boolean
  children: ReactNode
}

/** Label, control, hint, and the error that belongs to this control. */
function Frame({ label, hint, error, optional, children }: FrameProps) {
  return (
    <Field.Root invalid={error !== undefined} className="flex min-w-0 flex-col gap-1">
      <div className="flex items-baseline justify-between gap-2">
        <Field.Label className="font-medium">{label}</Field.Label>
        {optional && (
          <span aria-hidden className="text-sm text-muted">
            {messages.forms.optional}
          </span>
        )}
      </div>
      {children}
      {error !== undefined && (
        <Field.Error match className="text-sm text-broken">
          {error}
        </Field.Error>
      )}
      {hint && <Field.Description className="text-sm text-muted">{hint}</Field.Description>}
    </Field.Root>
  )
}

interface TextFieldProps extends Omit<FrameProps, 'children'> {
  value: string
  onChange: (value: string) => void
  placeholder?: string
  type?: 'text' | 'search'
  inputMode?: 'numeric' | 'text'
  autoComplete?: string
  autoFocus?: boolean
  mono?: boolean
  maxLength?: number
  disabled?: boolean
}

const typing = { autoCapitalize: 'none', autoCorrect: 'off', spellCheck: false } as const

export function TextField({ value, onChange, mono, type = 'text', ...props }: TextFieldProps) {
  return (
    <Frame {...props}>
      <Field.Control
        {...typing}
        type={type}
        value={value}
        onValueChange={onChange}
        placeholder={props.placeholder}
        inputMode={props.inputMode}
        autoComplete={props.autoComplete ?? 'off'}
        autoFocus={props.autoFocus}
        maxLength={props.maxLength}
        disabled={props.disabled}
        className={classes(oneLine, mono && 'font-mono')}
      />
    </Frame>
  )
}

interface PasswordFieldProps extends Omit<FrameProps, 'children'> {
  value: string
  onChange: (value: string) => void
  autoComplete: 'current-password' | 'new-password'
}

export function PasswordField({ value, onChange, autoComplete, ...props }: PasswordFieldProps) {
  const [shown, setShown] = useState(false)
  const Icon = shown ? EyeOff : Eye
  return (
    <Frame {...props}>
      <div className="relative">
        <Field.Control
          {...typing}
          type={shown ? 'text' : 'password'}
          value={value}
          onValueChange={onChange}
          autoComplete={autoComplete}
          className={classes(oneLine, 'pr-10')}
        />
        <button
          type="button"
          aria-pressed={shown}
          aria-label={messages.forms.show}
          title={messages.forms.show}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-0 right-0 flex w-9 items-center justify-center rounded-md text-muted hover:text-ink"
        >
          <Icon aria-hidden className="size-4" />
        </button>
      </div>
    </Frame>
  )
}

interface TextAreaProps extends Omit<FrameProps, 'children'> {
  value: string
  onChange: (value: string) => void
  placeholder?: string
  rows?: number
}

/** Several lines of code: config, arguments. */
export function TextArea({ value, onChange, placeholder, rows = 6, ...props }: TextAreaProps) {
  return (
    <Frame {...props}>
      <Field.Control
        render={
          <textarea
            {...typing}
            rows={rows}
            wrap="off"
            value={value}
            placeholder={placeholder}
            onChange={event => onChange(event.target.value)}
          />
        }
        className={classes(control, 'resize-y py-1.5 font-mono text-sm')}
      />
    </Frame>
  )
}

interface SelectFieldProps extends Omit<FrameProps, 'children'> {
  value: string
  onChange: (value: string) => void
  choices: readonly Choice[]
  disabled?: boolean
}

/** The platform's own list: it is the best one on a phone, and grouped. */
export function SelectField({ value, onChange, choices, disabled, ...props }: SelectFieldProps) {
  return (
    <Frame {...props}>
      <div className="relative">
        <Field.Control
          render={
            <select value={value} disabled={disabled} onChange={event => onChange(event.target.value)}>
              <Options choices={choices} />
            </select>
          }
          className={classes(oneLine, 'appearance-none pr-8')}
        />
        <ChevronDown
          aria-hidden
          className="pointer-events-none absolute inset-y-0 right-2.5 my-auto size-4 text-muted"
        />
      </div>
    </Frame>
  )
}

interface FormProps {
  onSubmit: () => void
  id?: string
  children: ReactNode
}

/** A form that the application sends itself. The API says what is wrong, so that the browser doesn't say it too. */
export function Form({ onSubmit, id, children }: FormProps) {
  return (
    <form
      id={id}
      noValidate
      className="flex min-w-0 flex-col gap-4"
      onSubmit={event => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
    </form>
  )
}
