import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { messages } from '../messages/messages.ts'
import { Button } from './button.tsx'
import { Row } from './layout.tsx'
import { Text } from './text.tsx'

interface SaveRowProps {
  /** The mutation that saves. */
  save: { readonly isPending: boolean; readonly isSuccess: boolean }
  /** What is typed is what is saved already. */
  unchanged: boolean
  /** Why it may not be saved, whatever is typed. */
  disabledReason?: string | null
  icon?: LucideIcon
  /** Only outside of a form, where nothing is submitted. */
  onSave?: () => void
  /** Throws away what was typed; then the row also says that it isn't saved yet. */
  onDiscard?: () => void
  /** Further buttons. */
  actions?: ReactNode
  /** When what was saved takes effect. */
  note?: string
}

/** The end of what changes something that is there already: saves it, and says whether it is saved. */
export function SaveRow(props: SaveRowProps) {
  const { save, unchanged, onSave, onDiscard, note } = props
  return (
    <Row>
      <Button
        type={onSave ? 'button' : 'submit'}
        kind="primary"
        busy={save.isPending}
        disabledReason={props.disabledReason ?? (unchanged ? messages.forms.nothingChanged : null)}
        {...(props.icon ? { icon: props.icon } : {})}
        {...(onSave ? { onClick: onSave } : {})}
      >
        {messages.actions.save}
      </Button>
      {props.actions}
      {onDiscard && !unchanged && <Button onClick={onDiscard}>{messages.forms.discard}</Button>}
      <span role="status">
        {onDiscard && !unchanged && <Text tone="attention">{messages.forms.unsaved}</Text>}
        {save.isSuccess && unchanged && <Text tone="good">{messages.forms.saved}</Text>}
      </span>
      {note && (
        <Text size="sm" tone="neutral">
          {note}
        </Text>
      )}
    </Row>
  )
}
