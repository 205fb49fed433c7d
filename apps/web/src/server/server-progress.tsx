import type { Server } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { jobQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { Fill, Row } from '../ui/layout.tsx'
import { Progress } from '../ui/progress.tsx'
import { Link, Text } from '../ui/text.tsx'

/** The job that is at work on a server, while it is. */
export function ServerProgress({ server }: { server: Server }) {
  const { data: job } = useQuery({ ...jobQuery(server.jobId ?? 0), enabled: server.jobId !== null })
  if (server.jobId === null || !job || (job.state !== 'running' && job.state !== 'queued')) return null
  return (
    <Row gap={3} wrap={false}>
      <Text size="sm" tone="neutral" cut>
        {job.activity ?? messages.jobStates[job.state]}
      </Text>
      <Fill>
        <Progress
          label={job.title}
          value={job.state === 'queued' || job.progress === 0 ? null : job.progress}
        />
      </Fill>
      <Link to="/jobs/$jobId" params={{ jobId: job.id }}>
        {messages.actions.showJob}
      </Link>
    </Row>
  )
}
