import type { Installation, InstallationRevision } from '@left4me/contract'
import { CircleCheck, History } from 'lucide-react'
import { formatBytes } from '../format/numbers.ts'
import { useStartJob } from '../jobs/start-job.tsx'
import { messages } from '../messages/messages.ts'
import { useIsAdmin } from '../session/session.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Panel, Row, Stack } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import { Link, Text } from '../ui/text.tsx'
import { LocalTime } from '../ui/time.tsx'

const text = messages.installation

/** What was installed one after the other, who runs with which, and the way back. */
export function Revisions({ installation }: { installation: Installation }) {
  const admin = useIsAdmin()
  const use = useStartJob('rollBackInstallation')
  const { revisions, jobId } = installation
  return (
    <Panel title={text.revisions} about={text.revisionsAbout} flush>
      <ProblemNotice error={use.error} />
      <Table
        label={text.revisions}
        items={revisions}
        keyOf={({ revision }) => revision}
        columns={[
          { key: 'revision', title: text.revision, cell: revision => <Name revision={revision} /> },
          {
            key: 'installed',
            title: text.installed,
            wide: true,
            cell: ({ installedAt }) =>
              installedAt === null ? messages.unknown : <LocalTime value={installedAt} />,
          },
          { key: 'servers', title: text.servers, cell: ({ usedBy }) => <Users users={usedBy} /> },
          {
            key: 'own',
            title: text.ownBytes,
            numeric: true,
            wide: true,
            cell: ({ ownBytes }) => (ownBytes === null ? messages.unknown : formatBytes(ownBytes)),
          },
          {
            key: 'use',
            title: text.use,
            untitled: true,
            cell: ({ revision, current }) =>
              current ? (
                <Badge tone="good" icon={CircleCheck}>
                  {text.current}
                </Badge>
              ) : (
                <Button
                  kind="plain"
                  icon={History}
                  busy={use.isPending && use.variables.body.revision === revision}
                  disabledReason={!admin ? messages.errors.adminsOnly : jobId !== null ? text.working : null}
                  onClick={() => use.mutate({ body: { revision } })}
                >
                  {text.useRevision(revision)}
                </Button>
              ),
          },
        ]}
      />
    </Panel>
  )
}

function Name({ revision: { revision, version, buildId } }: { revision: InstallationRevision }) {
  return (
    <Stack gap={1}>
      <Text strong>{text.revisionNumber(revision)}</Text>
      <Text size="sm" tone="neutral">
        {text.versionAndBuild(version ?? messages.unknown, buildId ?? messages.unknown)}
      </Text>
    </Stack>
  )
}

function Users({ users }: { users: InstallationRevision['usedBy'] }) {
  if (users.length === 0) return <Text tone="neutral">{messages.none}</Text>
  return (
    <Row gap={2}>
      {users.map(({ id, name }) => (
        <Link key={id} to="/servers/$serverId" params={{ serverId: id }}>
          {name}
        </Link>
      ))}
    </Row>
  )
}
