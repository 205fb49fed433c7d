import type { Server, ServerUsage } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { usageQuery } from '../api/queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Panel, Row, Stack } from '../ui/layout.tsx'
import { Meter } from '../ui/meter.tsx'
import { Notice } from '../ui/notice.tsx'
import { Sparkline } from '../ui/sparkline.tsx'
import { Facts, Text } from '../ui/text.tsx'
import { usageTroubles } from './usage-troubles.ts'

const text = messages.usage

/** What a running server takes from the machine, and what that means for those who play on it. */
export function UsagePanel({ server }: { server: Server }) {
  const { data, error } = useQuery(usageQuery(server.id))
  return (
    <Panel title={text.title}>
      <ProblemNotice error={error} />
      {data ? (
        <Present usage={data} />
      ) : (
        !error && (
          <Text size="sm" tone="neutral">
            {text.none}
          </Text>
        )
      )}
    </Panel>
  )
}

function Present({ usage }: { usage: ServerUsage }) {
  const { processes, read, written } = usage
  return (
    <>
      {usageTroubles(usage).map(trouble => (
        <Notice key={trouble} tone="attention">
          {trouble}
        </Notice>
      ))}
      <Cpu usage={usage} />
      <Memory usage={usage} />
      <Facts
        items={[
          [
            text.processes,
            processes.limit === null ? processes.count : text.processesOf(processes.count, processes.limit),
          ],
          ...(read === null || written === null
            ? []
            : [[text.disk, text.readAndWritten(formatBytes(read), formatBytes(written))] as const]),
        ]}
      />
    </>
  )
}

function Cpu({ usage: { cpu, cpuHistory } }: { usage: ServerUsage }) {
  const known = cpuHistory.filter(value => value !== null)
  const most = Math.max(0, ...known)
  return (
    <Stack gap={1}>
      <Row spread>
        <Text tone="neutral">{text.cpu}</Text>
        <Text>{cpu === null ? messages.unknown : text.cores(cpu.toFixed(2))}</Text>
      </Row>
      <Sparkline
        values={cpuHistory}
        top={Math.max(1, most)}
        label={known.length === 0 ? text.noCpuHistory : text.cpuHistory(most.toFixed(2))}
        tall
      />
      <Text size="sm" tone="neutral">
        {text.lastMinutes}
      </Text>
    </Stack>
  )
}

function Memory({ usage: { memory } }: { usage: ServerUsage }) {
  const { used, high, limit } = memory
  return (
    <Stack gap={1}>
      <Row spread>
        <Text tone="neutral">{text.memory}</Text>
        <Text>
          {limit === null ? formatBytes(used) : text.memoryOf(formatBytes(used), formatBytes(limit))}
        </Text>
      </Row>
      {limit !== null && <MemoryBar memory={memory} />}
      {limit !== null && high !== null && (
        <Text size="sm" tone="neutral">
          {text.memoryHigh(formatBytes(high))}
        </Text>
      )}
    </Stack>
  )
}

/** A server's memory against its limit; nothing where there is none. */
export function MemoryBar({ memory: { used, high, limit } }: { memory: ServerUsage['memory'] }) {
  if (limit === null) return null
  return (
    <Meter
      label={text.memoryBar(formatBytes(used), formatBytes(limit))}
      value={used / limit}
      mark={high === null ? null : high / limit}
      tone={used >= (high ?? limit) * 0.95 ? 'attention' : 'accent'}
    />
  )
}

/** Cores in use, in a table. */
export function cpuText(usage: ServerUsage | null): string {
  return usage?.cpu == null ? messages.unknown : text.cores(usage.cpu.toFixed(2))
}
