import type { HostInstance } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { Square } from 'lucide-react'
import { hostInstancesQuery } from '../api/queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { useStartJob } from '../jobs/start-job.tsx'
import { messages } from '../messages/messages.ts'
import { cpuText, MemoryBar } from '../server/usage-panel.tsx'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Tag } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Panel, Row, Stack } from '../ui/layout.tsx'
import { Hint, Notice } from '../ui/notice.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { Link, Text } from '../ui/text.tsx'

const text = messages.host

const limitColumn: Column<HostInstance> = {
  key: 'limit',
  title: messages.usage.memoryLimit,
  wide: true,
  cell: ({ usage }) => usage && <MemoryBar memory={usage.memory} />,
}

/** Everything that runs, also what left4me has no server for. For admins. */
export function Instances() {
  const { data: instances, error } = useQuery(hostInstancesQuery)
  const stop = useStartJob('stopHostInstance')
  const unknown = instances?.filter(({ serverId }) => serverId === null).length ?? 0
  return (
    <>
      {unknown > 0 && (
        <Notice tone="attention" title={text.unknownTitle(unknown)}>
          {text.unknownAbout}
        </Notice>
      )}
      <ProblemNotice error={error ?? stop.error} />
      <Panel title={text.running} flush>
        {instances?.length === 0 && <Hint title={text.nothingRuns} />}
        {instances && instances.length > 0 && (
          <Table
            label={text.running}
            items={instances}
            keyOf={({ id }) => id}
            stepping
            columns={[
              { key: 'server', title: text.server, cell: instance => <Name instance={instance} /> },
              {
                key: 'cpu',
                title: messages.usage.cpu,
                numeric: true,
                cell: ({ usage }) => cpuText(usage),
              },
              {
                key: 'memory',
                title: messages.usage.memory,
                numeric: true,
                cell: ({ usage }) => (usage === null ? messages.unknown : formatBytes(usage.memory.used)),
              },
              ...(instances.some(({ usage }) => usage?.memory.limit != null) ? [limitColumn] : []),
              {
                key: 'actions',
                title: text.actions,
                untitled: true,
                cell: ({ id, name, serverId }) =>
                  serverId === null && (
                    <Button
                      small
                      icon={Square}
                      label={text.stopNamed(name)}
                      busy={stop.isPending && stop.variables.params.id === id}
                      onClick={() => stop.mutate({ params: { id } })}
                    >
                      {text.stop}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Panel>
    </>
  )
}

function Name({ instance: { name, serverId, serverName, phase } }: { instance: HostInstance }) {
  return (
    <Stack gap={0}>
      <Row>
        {serverId === null ? (
          <>
            <Text strong>{name}</Text>
            <Tag>{text.unknown}</Tag>
          </>
        ) : (
          <Link to="/servers/$serverId" params={{ serverId }} plain>
            {serverName}
          </Link>
        )}
      </Row>
      {phase !== 'running' && (
        <Text size="sm" tone="attention">
          {text.phases[phase]}
        </Text>
      )}
    </Stack>
  )
}
