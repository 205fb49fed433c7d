import { type ShouldBlockFn, useBlocker } from '@tanstack/react-router'
import { messages } from '../messages/messages.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { anythingUnsaved } from './use-unsaved.ts'

const text = messages.unsaved

/** Filters and the like change the address too, and leave what is typed where it is; only the file editor is opened by one. */
const leavesUnsaved: ShouldBlockFn = ({ current, next }) =>
  anythingUnsaved() && (next.pathname !== current.pathname || fileIn(next.search) !== fileIn(current.search))

const fileIn = (search: object) => ('file' in search ? search.file : undefined)

/** Asks before a page is left on which something isn't saved. What navigates on purpose says `ignoreBlocker`. */
export function LeaveDialog() {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: leavesUnsaved,
    enableBeforeUnload: anythingUnsaved,
    withResolver: true,
  })
  return (
    <ConfirmDialog
      open={status === 'blocked'}
      onClose={() => reset?.()}
      title={text.title}
      action={text.leave}
      cancel={text.stay}
      danger
      onConfirm={() => proceed?.()}
    >
      <p>{text.about}</p>
    </ConfirmDialog>
  )
}
