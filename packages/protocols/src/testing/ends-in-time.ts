import { Script } from 'node:vm'

/**
 * How many parts of `length` characters an input needs so that work that looks at each once, or at each character, ends
 * within a few seconds, and work that looks at all of them for each takes minutes, even by a processor's widest reads.
 */
export function manyParts(length: number): number {
  return Math.max(400_000, Math.ceil(4_000_000 / length))
}

/**
 * Whether synchronous work ends before `limitMs` milliseconds; where it doesn't it is given up, in the middle of a
 * regular expression too (https://nodejs.org/api/vm.html, `timeout`). Nothing is measured: with `manyParts` the limit is
 * as far from linear work as it is from quadratic work, so that a busy machine changes nothing.
 */
export function endsInTime(work: () => unknown, limitMs = 60_000): boolean {
  try {
    new Script('work()').runInNewContext({ work }, { timeout: limitMs })
    return true
  } catch (error) {
    // Of the other context, whose `Error` isn't ours.
    if (Object(error).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false
    throw error
  }
}
