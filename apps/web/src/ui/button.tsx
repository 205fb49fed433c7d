import { Button as Base } from '@base-ui/react/button'
import { createLink } from '@tanstack/react-router'
import type { LucideIcon } from 'lucide-react'
import { LoaderCircle } from 'lucide-react'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { classes } from './classes.ts'
import { Tooltip } from './tooltip.tsx'

export type ButtonKind = 'primary' | 'plain' | 'quiet' | 'danger'

const look: Record<ButtonKind, string> = {
  primary:
    'border-accent data-disabled:border-line bg-accent text-on-accent hover:not-data-disabled:opacity-90',
  plain: 'border-line bg-surface text-ink hover:not-data-disabled:bg-hover',
  quiet:
    'border-transparent bg-transparent text-muted hover:not-data-disabled:bg-hover hover:not-data-disabled:text-ink',
  danger:
    'border-broken/50 data-disabled:border-line bg-surface text-broken hover:not-data-disabled:bg-broken-soft',
}

const shape = (kind: ButtonKind, iconOnly: boolean, small: boolean) =>
  classes(
    'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap select-none transition-colors duration-75',
    'data-disabled:cursor-not-allowed data-disabled:bg-transparent data-disabled:text-muted data-disabled:opacity-55',
    small ? 'h-7 text-sm pointer-coarse:h-9' : 'h-8 pointer-coarse:h-10',
    iconOnly ? (small ? 'w-7 pointer-coarse:w-9' : 'w-8 pointer-coarse:w-10') : small ? 'px-2' : 'px-3',
    look[kind],
  )

export interface ButtonProps {
  children: ReactNode
  kind?: ButtonKind
  icon?: LucideIcon
  small?: boolean
  /** Shows the icon alone; `children` is then the name and the hint. */
  iconOnly?: boolean
  /** The accessible name where the visible text would not be enough among many alike. Must contain the visible text. */
  label?: string
  /** Why it can't be pressed now. It stays focusable, so that the reason can be reached by keyboard and by touch. */
  disabledReason?: string | null
  /** The action is under way. */
  busy?: boolean
  type?: 'button' | 'submit'
  form?: string
  expanded?: boolean
  pressed?: boolean
  onClick?: () => void
}

export function Button(props: ButtonProps) {
  const { children, kind = 'plain', icon: Icon, small = false, iconOnly = false, busy = false } = props
  const reason = props.disabledReason ?? null
  const reasonId = useId()
  const Shown = busy ? LoaderCircle : Icon
  const button = (
    <Base
      type={props.type ?? 'button'}
      form={props.form}
      className={shape(kind, iconOnly, small)}
      disabled={reason !== null || busy}
      focusableWhenDisabled
      aria-label={props.label ?? (iconOnly && typeof children === 'string' ? children : undefined)}
      aria-describedby={reason === null ? undefined : reasonId}
      aria-expanded={props.expanded}
      aria-pressed={props.pressed}
      aria-busy={busy || undefined}
      onClick={props.onClick}
    >
      {Shown && <Shown aria-hidden className={classes('size-4 shrink-0', busy && 'animate-spin')} />}
      {!iconOnly && children}
    </Base>
  )
  if (reason !== null) {
    return (
      <>
        <Tooltip text={reason}>{button}</Tooltip>
        <span id={reasonId} hidden>
          {reason}
        </span>
      </>
    )
  }
  return iconOnly ? <Tooltip text={children}>{button}</Tooltip> : button
}

interface AnchorProps extends Omit<ComponentProps<'a'>, 'className'> {
  kind?: ButtonKind
  icon?: LucideIcon
  small?: boolean
}

/** A link that looks like a button, to another site or program (`steam://`). */
export function AnchorButton({ kind = 'plain', icon: Icon, small = false, children, ...rest }: AnchorProps) {
  return (
    <a {...rest} className={shape(kind, false, small)}>
      {Icon && <Icon aria-hidden className="size-4 shrink-0" />}
      {children}
    </a>
  )
}

/** A link within the application that looks like a button. */
export const LinkButton = createLink(AnchorButton)
