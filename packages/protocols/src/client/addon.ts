import { type AddonInspection, addonProblemText, inspectAddon } from '../content/addon/inspect-addon.ts'
import type { ReadableVpk } from '../content/addon/readable-vpk.ts'

/** What an addon brings, as far as a server cares. */
export interface AddonSummary extends Omit<AddonInspection, 'problems'> {
  readonly problems: readonly string[]
}

/** Reads what an open VPK says of itself: a few small files, whatever its size. Broken texts are problems, no errors. */
export async function readAddon(vpk: ReadableVpk): Promise<AddonSummary> {
  const addon = await inspectAddon(vpk)
  return { ...addon, problems: addon.problems.map(addonProblemText) }
}
