import type { Session } from '@left4me/contract'
import { type QueryClient, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { freshness, sessionQuery, setUpStatusQuery } from '../api/queries.ts'
import { forgetLogs } from '../console/server-logs.ts'
import { uploads } from '../overlays/upload/upload-list.ts'

/** Who is logged in. Only below the part of the application that needs a session. */
export function useMe(): Session['user'] {
  return useSuspenseQuery(sessionQuery).data.user
}

export function useIsAdmin(): boolean {
  return useMe().role === 'admin'
}

/** Whether the game is the simulator; false while that isn't known. */
export function useSimulated(): boolean {
  return useQuery(setUpStatusQuery).data?.simulated ?? false
}

/** Forgets whatever belongs to a session, so that nobody sees what somebody else had open. */
export function forgetSession(queries: QueryClient): void {
  queries.clear()
  freshness.clear()
  forgetLogs()
  uploads.stopAll()
}

/** To be called with the answer of a log-in. */
export function useEnter(): (session: Session) => void {
  const queries = useQueryClient()
  return session => {
    forgetSession(queries)
    queries.setQueryData(sessionQuery.queryKey, session)
  }
}
