import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { isProblem } from './api/problem-error.ts'
import { sessionQuery } from './api/queries.ts'
import { language } from './messages/messages.ts'
import { makeRouter } from './router.tsx'
import { endSession } from './session/session-end.ts'
import './ui/tokens.css'
import { TooltipProvider } from './ui/tooltip.tsx'

/** Any answer may say that the session is over. */
function onError(error: unknown): void {
  if (isProblem(error, 'not-signed-in')) endSession(queries, router)
}

const queries = new QueryClient({
  // Asking who is logged in is answered so when nobody is: that is no session which ended.
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => {
      if (queryKey[0] !== sessionQuery.queryKey[0]) onError(error)
    },
  }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      // Only what trying again can help: no answer, or a failure of the server.
      retry: (failures, error) =>
        failures < 2 && isProblem(error, 'unreachable', 'unreadable', 'not-ready', 'host-unavailable'),
      refetchOnWindowFocus: true,
    },
  },
})

const router = makeRouter(queries)

document.documentElement.lang = language
const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <TooltipProvider>
          <RouterProvider router={router} />
        </TooltipProvider>
      </QueryClientProvider>
    </StrictMode>,
  )
}
