import { useEffect } from 'react'
import { shortcutsEnabled } from './enabled.ts'
import { type KeyAction, noKeys, pressKey } from './keyboard-map.ts'

/** Calls `act` for every shortcut that is typed, except into a text or while a dialog is open. `act` must be stable. */
export function useShortcuts(act: (action: KeyAction) => void): void {
  useEffect(() => {
    let state = noKeys
    const onKeyDown = (event: KeyboardEvent) => {
      // Not asked: whether somebody prevented the default. A disabled button that has the focus does so for every key.
      if (!shortcutsEnabled() || event.repeat) return
      const pressed = pressKey(state, {
        key: event.key,
        ctrlKey: event.ctrlKey,
        metaKey: event.metaKey,
        altKey: event.altKey,
        taken: isTaken(event.target),
        at: event.timeStamp,
      })
      state = pressed.state
      if (pressed.action === null) return
      event.preventDefault()
      act(pressed.action)
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [act])
}

function isTaken(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"][data-open], [role="alertdialog"][data-open]')) return true
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  )
}

/** Moves the focus to the next (1) or previous (-1) row of the page's list. */
export function stepRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
  const at = rows.findIndex(row => row.contains(document.activeElement))
  const row =
    rows[at < 0 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]
  const link = row?.querySelector<HTMLElement>('[data-row-link], a, button')
  link?.focus()
  row?.scrollIntoView({ block: 'nearest' })
}

export function focusSearch(): void {
  const search = document.querySelector<HTMLInputElement>('[data-search]')
  search?.focus()
  search?.select()
}
