import { expect } from 'vitest'

/** Like `expect.poll`, with patience for a machine that is busy with other things. */
export function eventually<T>(read: () => T) {
  return expect.poll(read, { timeout: 60_000, interval: 10 })
}
