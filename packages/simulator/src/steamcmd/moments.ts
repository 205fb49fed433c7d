import type { SteamcmdSwitches } from './switches.ts'

export interface MomentOptions {
  readonly switches: SteamcmdSwitches
  /** Ends the process as a crash does; returns only where a test replaced it. */
  readonly crash: () => void
}

/** Called where a run can be told to hang or to crash: a hang never resolves. */
export async function pass(moment: string, { switches, crash }: MomentOptions): Promise<void> {
  if (switches['crash-at'] === moment) crash()
  if (switches['hang-at'] === moment) await forever()
}

function forever(): Promise<never> {
  // A pending promise alone would let the process end.
  setInterval(() => {}, 0x7fffffff)
  return new Promise(() => {})
}
