import { useSyncExternalStore } from 'react'

const key = 'left4me.shortcuts'
const listeners = new Set<() => void>()
let off: boolean | undefined

/** Whether single letters are shortcuts. WCAG 2.1.4: a person must be able to turn them off. */
export function shortcutsEnabled(): boolean {
  if (off === undefined) {
    try {
      off = localStorage.getItem(key) === 'off'
    } catch {
      off = false
    }
  }
  return !off
}

export function enableShortcuts(enabled: boolean): void {
  off = !enabled
  try {
    if (enabled) localStorage.removeItem(key)
    else localStorage.setItem(key, 'off')
  } catch {
    // Storage is forbidden: it holds until the page is left.
  }
  for (const listener of listeners) listener()
}

export function useShortcutsEnabled(): boolean {
  return useSyncExternalStore(listener => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, shortcutsEnabled)
}
