import type { Installation } from '@left4me/contract'
import { RotateCw } from 'lucide-react'
import { useStartJob } from '../jobs/start-job.tsx'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { Panel } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import { Link, Text } from '../ui/text.tsx'

const text = messages.installation

/** Running servers that have yet to change to the current revision, what each waits for, and the way not to wait. */
export function PendingServers({ installation }: { installation: Installation }) {
  const restart = useStartJob('switchServerInstallation')
  return (
    <Panel title={text.pending} about={text.pendingAbout} flush>
      <ProblemNotice error={restart.error} />
      <Table
        label={text.pending}
        items={installation.pendingServers}
        keyOf={({ id }) => id}
        columns={[
          {
            key: 'server',
            title: text.server,
            cell: ({ id, name }) => (
              <Link to="/servers/$serverId" params={{ serverId: id }}>
                {name}
              </Link>
            ),
          },
          {
            key: 'revision',
            title: text.revision,
            wide: true,
            cell: ({ revision }) => (revision === null ? text.unversioned : text.revisionNumber(revision)),
          },
          { key: 'waits', title: text.waitsFor, cell: ({ waitsFor }) => <Text>{waitsFor}</Text> },
          {
            key: 'restart',
            title: text.restartNow,
            untitled: true,
            cell: ({ id }) => (
              <Button
                kind="plain"
                icon={RotateCw}
                busy={restart.isPending && restart.variables.params.id === id}
                onClick={() => restart.mutate({ params: { id } })}
              >
                {text.restartNow}
              </Button>
            ),
          },
        ]}
      />
    </Panel>
  )
}
