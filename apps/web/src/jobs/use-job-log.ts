import type { Job, JobLogLine } from '@left4me/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { call } from '../api/call.ts'
import { isOver } from './job-look.tsx'

/** How often the log of a running job is asked for, milliseconds: its lines aren't in the event stream. */
const interval = 1000

/** The log of a job as far as it goes; each time only the lines that are new are asked for. */
export function useJobLog(job: Job): {
  lines: readonly JobLogLine[]
  error: Error | null
  retry: () => void
} {
  const queries = useQueryClient()
  const queryKey = ['job-log', job.id]
  const over = isOver(job.state)
  const log = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const lines = [...(queries.getQueryData<JobLogLine[]>(queryKey) ?? [])]
      // A long log comes in pages; the last one is short of nothing.
      for (;;) {
        const after = lines.at(-1)?.sequence
        const page = await call('getJobLog', {
          params: { id: job.id },
          query: after === undefined ? {} : { after },
          signal,
        })
        lines.push(...page.items)
        if (page.items.length === 0 || page.nextCursor === null) return lines
      }
    },
    refetchInterval: over ? false : interval,
    staleTime: 0,
  })
  // What was said between the last time and the end.
  const { refetch } = log
  useEffect(() => {
    if (over) void refetch()
  }, [over, refetch])
  return { lines: log.data ?? [], error: log.error, retry: () => void refetch() }
}
