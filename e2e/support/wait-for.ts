import { setTimeout as delay } from 'node:timers/promises'

/**
 * Asks again and again until `look` gives something other than null, undefined or false, and gives that. Rejects after
 * `timeoutMs` with what it waited for. A test that waits for a fact ends as soon as the fact is there.
 */
export async function waitFor<Found>(
  what: string,
  look: () => Promise<Found | null | undefined | false> | Found | null | undefined | false,
  timeoutMs = 300_000,
): Promise<Found> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== null && found !== undefined && found !== false) return found
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s in vain: ${what}`)
    await delay(50)
  }
}
