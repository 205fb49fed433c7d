import type { ServerUsage } from '@left4me/contract'
import { formatFraction } from '../format/numbers.ts'
import { messages } from '../messages/messages.ts'

/** Shares of the time from which on people on the server notice. */
const throttledFrom = 0.05
const waitsFrom = { cpu: 0.2, memory: 0.1, io: 0.2 } as const

/** What keeps a server from running as it should, a sentence each; none for one that is well. */
export function usageTroubles({ throttled, memory, pressure }: ServerUsage): string[] {
  const text = messages.usage
  const found: string[] = []
  if (throttled !== null && throttled >= throttledFrom) found.push(text.throttled(formatFraction(throttled)))
  if (memory.high !== null && memory.used >= memory.high * 0.95) found.push(text.nearHigh)
  for (const resource of ['cpu', 'memory', 'io'] as const) {
    const share = pressure?.[resource] ?? 0
    if (share >= waitsFrom[resource]) found.push(text.waits[resource](formatFraction(share)))
  }
  return found
}
