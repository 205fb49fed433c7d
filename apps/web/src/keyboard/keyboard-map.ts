export const shortcuts = [
  { keys: ['/'], action: 'search' },
  { keys: ['g', 's'], action: 'go-servers' },
  { keys: ['g', 'j'], action: 'go-jobs' },
  { keys: ['g', 'o'], action: 'go-overlays' },
  { keys: ['g', 'b'], action: 'go-blueprints' },
  { keys: ['g', 'l'], action: 'go-library' },
  { keys: ['g', 'i'], action: 'go-installation' },
  { keys: ['g', 'h'], action: 'go-host' },
  { keys: ['g', 'a'], action: 'go-account' },
  { keys: ['n'], action: 'new-server' },
  { keys: ['j'], action: 'next-row' },
  { keys: ['k'], action: 'previous-row' },
  { keys: ['?'], action: 'help' },
] as const

export type KeyAction = (typeof shortcuts)[number]['action']

/** What was typed so far of a shortcut of several keys. */
export interface KeyState {
  readonly pending: string | null
  /** Milliseconds, of the key that is pending. */
  readonly at: number
}

export const noKeys: KeyState = { pending: null, at: 0 }

export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  /** The key goes into a text field, or a dialog is open: it means itself. */
  readonly taken: boolean
  /** Milliseconds. */
  readonly at: number
}

/** The second key of a shortcut counts for this long, milliseconds. */
const patience = 1500

/** What a key does, and what is remembered for the next one. Keys with a modifier are the browser's. */
export function pressKey(state: KeyState, press: KeyPress): { state: KeyState; action: KeyAction | null } {
  if (press.taken || press.ctrlKey || press.metaKey || press.altKey) return { state: noKeys, action: null }
  // Shift alone, on the way to '?', must not forget a pending key.
  if (press.key === 'Shift') return { state, action: null }
  const pending = state.pending !== null && press.at - state.at <= patience ? state.pending : null
  const matches = (keys: readonly string[]) =>
    pending === null
      ? keys.length === 1 && keys[0] === press.key
      : keys[0] === pending && keys[1] === press.key
  const found = shortcuts.find(({ keys }) => matches(keys))
  if (found) return { state: noKeys, action: found.action }
  const begins = shortcuts.some(({ keys }) => keys.length > 1 && keys[0] === press.key)
  return { state: begins ? { pending: press.key, at: press.at } : noKeys, action: null }
}
