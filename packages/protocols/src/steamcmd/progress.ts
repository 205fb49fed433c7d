/**
 * steamcmd's states, and how much of a whole install each is, so that a bar never runs backwards although each state
 * counts from 0 again.
 */
export type SteamcmdState =
  | 'unknown'
  | 'reconfiguring'
  | 'verifying-install'
  | 'preallocating'
  | 'downloading'
  | 'verifying-update'
  | 'committing'

const statesByCode = new Map<number, SteamcmdState>([
  [0x0, 'unknown'],
  [0x3, 'reconfiguring'],
  [0x5, 'verifying-install'],
  [0x11, 'preallocating'],
  [0x61, 'downloading'],
  [0x81, 'verifying-update'],
  [0x101, 'committing'],
])

export function steamcmdState(code: number): SteamcmdState {
  return statesByCode.get(code) ?? 'unknown'
}

/** Where each state's part of the whole begins and ends. */
const parts: Record<SteamcmdState, readonly [number, number]> = {
  unknown: [0, 0],
  reconfiguring: [0, 0.01],
  'verifying-install': [0.01, 0.08],
  preallocating: [0.08, 0.12],
  downloading: [0.12, 0.88],
  'verifying-update': [0.88, 0.94],
  committing: [0.94, 1],
}

/** 0 to 1 over the whole run. `fraction` is that of the state, null where steamcmd doesn't know. */
export function overallFraction(state: SteamcmdState, fraction: number | null): number {
  const [from, to] = parts[state]
  return from + (to - from) * (fraction ?? 0)
}

/**
 * A number as some locale prints it: `12.34`, `12,34`, `2,950`, `17.860`. `grouped`: a single separator is one of
 * thousands, since bytes have no decimals.
 */
export function readLocaleNumber(text: string, grouped: boolean): number {
  if (grouped) return Number(text.replace(/[.,\s'’  ]/g, ''))
  return Number(text.replace(',', '.'))
}
