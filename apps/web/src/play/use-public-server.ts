import type { PublicServer } from '@left4me/contract'
import { useEffect, useState } from 'react'

/** How often the page asks, milliseconds. */
const interval = 15_000

export type PublicState =
  | { readonly kind: 'loading' | 'not-found' | 'broken' }
  /** `stale`: the last question had no answer. */
  | { readonly kind: 'there'; readonly server: PublicServer; readonly stale: boolean }

/**
 * The server as players may see it, kept current while somebody looks. Asks by itself instead of by `call`: the route
 * table of the whole API would be most of what a phone has to load for this page.
 */
export function usePublicServer(serverId: string | null): PublicState {
  const [state, setState] = useState<PublicState>({ kind: serverId === null ? 'not-found' : 'loading' })
  useEffect(() => {
    if (serverId === null) return
    const control = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async () => {
      clearTimeout(timer)
      if (document.visibilityState === 'visible') {
        const answer = await askOnce(serverId, control.signal)
        if (control.signal.aborted) return
        setState(before =>
          answer.kind === 'broken' && before.kind === 'there' ? { ...before, stale: true } : answer,
        )
      }
      timer = setTimeout(() => void ask(), interval)
    }
    const onVisible = () => document.visibilityState === 'visible' && void ask()
    document.addEventListener('visibilitychange', onVisible)
    void ask()
    return () => {
      control.abort()
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onVisible)
    }
  }, [serverId])
  return state
}

async function askOnce(serverId: string, signal: AbortSignal): Promise<PublicState> {
  try {
    const response = await fetch(`/api/v1/public/servers/${serverId}`, {
      headers: { accept: 'application/json' },
      signal,
    })
    if (response.status === 404) return { kind: 'not-found' }
    if (!response.ok) return { kind: 'broken' }
    // From the server that these files came from, which checked it against the contract.
    return { kind: 'there', server: (await response.json()) as PublicServer, stale: false }
  } catch {
    return { kind: 'broken' }
  }
}
