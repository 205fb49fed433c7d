import type { UpdatePolicy } from '@left4me/contract'

/** What decides whether a server changes to the current game files now. */
export interface SwitchInputs {
  readonly policy: UpdatePolicy
  /** Milliseconds for which nobody has played; null: somebody plays, or nobody knows. */
  readonly emptyFor: number | null
  /** Milliseconds for which nobody must have played. */
  readonly emptyAtLeast: number
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The last attempt of a policy to bring it to the same revision; null: there was none. */
  readonly lastAttempt: SwitchAttempt | null
  /** Milliseconds after an attempt that found players. */
  readonly retryAfter: number
}

export interface SwitchAttempt {
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'
  /** Milliseconds since the epoch. */
  readonly finishedAt: number | null
}

export type SwitchDecision =
  | { readonly kind: 'switch' }
  /** `reason`: what it waits for, for a person. */
  | { readonly kind: 'wait'; readonly reason: string }

/** Milliseconds after its time in which an empty server is still restarted: a look a moment too late isn't a day late. */
const window = 10 * 60_000

/**
 * One attempt for each revision: a server that didn't come up with it, or whose restart somebody cancelled, isn't
 * restarted again and again. Never while somebody plays.
 */
export function decideSwitch(inputs: SwitchInputs): SwitchDecision {
  const { policy, emptyFor, lastAttempt, now } = inputs
  const wait = (reason: string): SwitchDecision => ({ kind: 'wait', reason })
  if (policy.mode === 'never') return wait('a start by hand')
  switch (lastAttempt?.state) {
    case 'queued':
    case 'running':
      return wait('its restart, which is under way')
    case 'failed':
      return wait('a start by hand: its automatic restart with this revision failed')
    case 'cancelled':
      return wait('a start by hand: its automatic restart with this revision was cancelled')
    case 'succeeded':
      // It found somebody who plays.
      if (now - (lastAttempt.finishedAt ?? now) < inputs.retryAfter) return wait('its next attempt')
      break
    case undefined:
      break
  }
  if (policy.mode === 'at-time' && !isTime(policy.time ?? '00:00', now))
    return wait(`${policy.time ?? '00:00'} UTC, if nobody plays then`)
  if (emptyFor === null) return wait('nobody to play')
  if (emptyFor < inputs.emptyAtLeast)
    return wait(`nobody to play for ${Math.round(inputs.emptyAtLeast / 1000)} s`)
  return { kind: 'switch' }
}

function isTime(time: string, now: number): boolean {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  const day = 24 * 60 * 60_000
  const since = (now - (hours * 60 + minutes) * 60_000) % day
  return since < window
}
