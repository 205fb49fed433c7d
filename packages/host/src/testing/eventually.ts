import { setTimeout as delay } from 'node:timers/promises'

/**
 * Resolves with the first value of `look` that isn't null, false or undefined. The time limit only ends a test that
 * hangs: it says nothing about how fast anything has to be.
 */
export async function eventually<Value>(
  what: string,
  look: () => Value | Promise<Value>,
  limit = 240_000,
): Promise<NonNullable<Value>> {
  const deadline = Date.now() + limit
  for (;;) {
    const value = await look()
    if (value !== null && value !== undefined && value !== false) return value
    if (Date.now() > deadline) throw new Error(`did not happen: ${what}`)
    await delay(15)
  }
}
