import { AlertDialog } from '@base-ui/react/alert-dialog'
import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { messages } from '../messages/messages.ts'
import { Button } from './button.tsx'
import { classes } from './classes.ts'
import { TextField } from './field.tsx'
import { harmless } from './foreign-text.tsx'

const backdrop =
  'fixed inset-0 z-40 bg-veil transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0'
const popup =
  'fixed z-50 flex max-h-[calc(100dvh-2rem)] flex-col gap-4 overflow-y-auto overscroll-contain border border-line bg-raised p-4 text-ink shadow-xl transition-opacity duration-100 outline-none data-ending-style:opacity-0 data-starting-style:opacity-0 ' +
  // On a phone it stands at the bottom, where the thumb is.
  'inset-x-0 bottom-0 rounded-t-lg sm:inset-x-auto sm:top-1/2 sm:bottom-auto sm:left-1/2 sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-lg'
const widths = { narrow: 'sm:w-[26rem]', wide: 'sm:w-[44rem] sm:max-w-[calc(100vw-2rem)]' }

interface DialogProps {
  open: boolean
  /** Without it, only its own buttons close the dialog. */
  onClose?: () => void
  title: string
  about?: ReactNode
  width?: keyof typeof widths
  children: ReactNode
}

export function Dialog({ open, onClose, title, about, width = 'narrow', children }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={next => !next && onClose?.()}>
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup className={classes(popup, widths[width])}>
          <div className="flex items-start justify-between gap-4">
            <div className="min-w-0">
              <Base.Title className="text-lg font-semibold wrap-anywhere">{harmless(title)}</Base.Title>
              {about && <Base.Description className="text-muted">{about}</Base.Description>}
            </div>
            {onClose && (
              <Base.Close
                aria-label={messages.actions.close}
                className="flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
              >
                <X aria-hidden className="size-4" />
              </Base.Close>
            )}
          </div>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}

interface ConfirmProps {
  open: boolean
  onClose: () => void
  title: string
  /** What is lost. */
  children: ReactNode
  /** What the button does, as a verb with its object. */
  action: string
  /** What the other button does, where it isn't to cancel. */
  cancel?: string
  danger?: boolean
  busy?: boolean
  onConfirm: () => void
  /** For what can't be undone: this has to be typed first. */
  typed?: { label: string; text: string }
  /** What went wrong with it. */
  error?: ReactNode
}

/** Asks once before something is destroyed. */
export function ConfirmDialog(props: ConfirmProps) {
  return (
    <AlertDialog.Root open={props.open} onOpenChange={next => !next && props.onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={backdrop} />
        <AlertDialog.Popup className={classes(popup, widths.narrow)}>
          <Question {...props} />
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}

/** Its own component, so that what was typed is forgotten when the dialog closes. */
function Question({
  title,
  children,
  action,
  cancel = messages.actions.cancel,
  danger = false,
  busy = false,
  onConfirm,
  onClose,
  typed,
  error,
}: ConfirmProps) {
  const [text, setText] = useState('')
  // What can't be typed is there to be copied from the page.
  const matches = typed === undefined || harmless(text.trim()) === harmless(typed.text)
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={event => {
        event.preventDefault()
        if (matches && !busy) onConfirm()
      }}
    >
      <AlertDialog.Title className="text-lg font-semibold wrap-anywhere">{harmless(title)}</AlertDialog.Title>
      <AlertDialog.Description
        render={<div className="flex flex-col gap-2 text-muted wrap-anywhere">{children}</div>}
      />
      {typed && <TextField label={typed.label} value={text} onChange={setText} placeholder={typed.text} />}
      {error}
      <DialogSubmit
        action={action}
        cancel={cancel}
        danger={danger}
        busy={busy}
        disabledReason={matches ? null : messages.forms.typeFirst(typed.text)}
        onCancel={onClose}
      />
    </form>
  )
}

interface SubmitProps {
  /** What the button does, as a verb with its object. */
  action: string
  /** What the other button does, where it isn't to cancel. */
  cancel?: string
  danger?: boolean
  busy?: boolean
  disabledReason?: string | null
  onCancel: () => void
}

/** The end of a dialog's form: gives it up or submits it. */
export function DialogSubmit({
  action,
  cancel = messages.actions.cancel,
  danger = false,
  busy = false,
  disabledReason = null,
  onCancel,
}: SubmitProps) {
  return (
    <DialogActions>
      <Button onClick={onCancel}>{cancel}</Button>
      <Button type="submit" kind={danger ? 'danger' : 'primary'} busy={busy} disabledReason={disabledReason}>
        {action}
      </Button>
    </DialogActions>
  )
}

/** The buttons at the end of a dialog. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap justify-end gap-2">{children}</div>
}
