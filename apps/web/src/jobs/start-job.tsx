import type { AcceptedJob, Job, RouteName } from '@left4me/contract'
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import { type Answer, call, type Input } from '../api/call.ts'
import { isProblem, type ProblemError } from '../api/problem-error.ts'
import { feedJob, freshness } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { Link } from '../ui/text.tsx'
import { announce } from '../ui/toast.tsx'

/** The routes that answer 202 with a job. */
export type JobRoute = { [Name in RouteName]: Answer<Name> extends AcceptedJob ? Name : never }[RouteName]

/** Jobs that were started in this tab and aren't over: their failure is told wherever the person is by then. */
const watched = new Set<number>()

/** To be called with each job that the event stream brings. */
export function hearJob(job: Job): void {
  if (!watched.has(job.id) || job.state === 'queued' || job.state === 'running') return
  watched.delete(job.id)
  if (job.state !== 'failed') return
  const detail = [job.error?.message, job.error?.remedy].filter(Boolean).join(' ')
  announce(
    'broken',
    messages.power.jobFailed(job.title),
    detail,
    <Link to="/jobs/$jobId" params={{ jobId: job.id }}>
      {messages.actions.showJob}
    </Link>,
  )
}

/** To be called when the event stream begins anew: it doesn't bring what ended meanwhile. */
export async function askForWatched(queries: QueryClient): Promise<void> {
  for (const id of watched) {
    const mark = freshness.mark()
    try {
      const job = freshness.newer(`job/${id}`, await call('getJob', { params: { id } }), mark)
      feedJob(queries, job)
      hearJob(job)
    } catch (error) {
      // Its record was cleared away; otherwise the stream, or its next beginning, tells.
      if (isProblem(error, 'not-found')) watched.delete(id)
    }
  }
}

/** Starts a job and shows it everywhere at once. */
export async function startJob<Name extends JobRoute>(
  queries: QueryClient,
  name: Name,
  input: Input<Name>,
): Promise<Job> {
  const mark = freshness.mark()
  // TypeScript can't see that every JobRoute's answer is an AcceptedJob, which is how JobRoute is defined.
  const accepted = (await (call as (name: Name, input: Input<Name>) => Promise<unknown>)(
    name,
    input,
  )) as AcceptedJob
  // The job may be further, or over, by the time that the answer is here.
  const job = freshness.newer(`job/${accepted.job.id}`, accepted.job, mark)
  feedJob(queries, job)
  watched.add(job.id)
  hearJob(job)
  return job
}

/** Starts jobs of one kind; `pending` and `error` are for the button and what stands beside it. */
export function useStartJob<Name extends JobRoute>(name: Name) {
  const queries = useQueryClient()
  return useMutation<Job, ProblemError, Input<Name>>({ mutationFn: input => startJob(queries, name, input) })
}
