import type { QueryClient } from '@tanstack/react-query'
import type { RegisteredRouter } from '@tanstack/react-router'
import { useSyncExternalStore } from 'react'
import { anythingUnsaved } from '../edits/use-unsaved.ts'
import { forgetSession } from './session.ts'

const listeners = new Set<() => void>()
let heldOpen = false

function hold(next: boolean): void {
  heldOpen = next
  for (const listener of listeners) listener()
}

/** The session is over: goes to the log-in page, unless something unsaved would be lost by that. */
export function endSession(queries: QueryClient, router: RegisteredRouter): void {
  const { pathname } = router.state.location
  if (pathname === '/log-in' || pathname === '/set-up') return
  if (anythingUnsaved()) hold(true)
  else leaveSession(queries, router)
}

/** Goes to the log-in page, and from there back to this one. What isn't saved is lost. */
export function leaveSession(queries: QueryClient, router: RegisteredRouter): void {
  const next = router.state.location.href
  hold(false)
  forgetSession(queries)
  void router.navigate({
    to: '/log-in',
    search: { next, expired: true },
    replace: true,
    ignoreBlocker: true,
  })
}

/** Somebody logged in again. */
export function goOn(): void {
  hold(false)
}

/** Whether the session ended and the page stays all the same, for what isn't saved on it. */
export function useHeldOpen(): boolean {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => heldOpen,
  )
}
