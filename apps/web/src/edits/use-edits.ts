import { useState } from 'react'

/** What was typed over what is saved; `none` while that is nothing. */
export function useEdits<Edits>(none: Edits) {
  const [edited, edit] = useState(none)
  return {
    edited,
    edit,
    discard: () => edit(none),
    /** To be called with what was sent, once it is saved: what was typed while it was on its way stays. */
    saved: (sent: Edits) => edit(now => (now === sent ? none : now)),
  }
}
