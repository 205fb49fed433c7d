import { setTimeout as delay } from 'node:timers/promises'
import type { LogLine } from '../host.ts'
import { readRange } from './log/log-files.ts'
import type { SupervisorClient } from './supervisor-client.ts'

/**
 * Hands on every line after `afterSequence`: first out of the files, up to the number at which the supervisor began to
 * send, then what it sends. After a broken connection the same again from the last line handed on. Resolves when
 * `signal` aborts; rejects with what `listener` throws.
 */
export async function followLog(options: {
  readonly client: SupervisorClient
  readonly instanceId: number
  readonly folder: string
  readonly afterSequence: number
  readonly listener: (lines: LogLine[]) => void
  readonly signal: AbortSignal
}): Promise<void> {
  const { client, instanceId, folder, listener, signal } = options
  let position = options.afterSequence
  const deliver = (lines: LogLine[]) => {
    const fresh = lines.filter(line => line.sequence > position)
    const last = fresh.at(-1)
    if (!last) return
    position = last.sequence
    listener(fresh)
  }
  while (!signal.aborted) {
    const ended = Promise.withResolvers<void>()
    const early: LogLine[][] = []
    let live = false
    const onAbort = () => ended.resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    let follow: number | null = null
    try {
      const followed = await client.follow(instanceId, {
        lines: lines => {
          if (!live) early.push(lines)
          else
            try {
              deliver(lines)
            } catch (error) {
              ended.reject(error)
            }
        },
        lost: () => ended.resolve(),
      })
      follow = followed.follow
      for await (const lines of readRange(folder, position, followed.lastSequence)) {
        if (signal.aborted) return
        deliver(lines)
      }
      for (const lines of early) deliver(lines)
      live = true
      await ended.promise
    } catch (error) {
      if (!isLostConnection(error)) throw error
    } finally {
      signal.removeEventListener('abort', onAbort)
      if (follow !== null) client.unfollow(follow)
    }
    if (!signal.aborted) await delay(100, undefined, { signal }).catch(() => undefined)
  }
}

function isLostConnection(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'unavailable'
}
