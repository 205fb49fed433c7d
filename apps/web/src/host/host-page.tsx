import type { HostStatus } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { hostQuery } from '../api/queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { messages } from '../messages/messages.ts'
import { useIsAdmin } from '../session/session.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Badge } from '../ui/badge.tsx'
import { Cores } from '../ui/cores.tsx'
import { MainAndAside, Page, Panel, Row, Stack } from '../ui/layout.tsx'
import { Meter } from '../ui/meter.tsx'
import { Loading } from '../ui/progress.tsx'
import { Facts, Link, Text } from '../ui/text.tsx'
import { coreSentences, coreTiles } from './core-tiles.ts'
import { Instances } from './instances.tsx'

const text = messages.host

/** Is the machine well, and what runs on which part of it? */
export function HostPage() {
  const { data: host, error, refetch } = useQuery(hostQuery)
  const admin = useIsAdmin()
  return (
    <Page title={text.title}>
      <ProblemNotice error={error} onRetry={() => void refetch()} />
      {!host && !error && <Loading label={messages.loading} />}
      {host && (
        <MainAndAside
          main={
            <>
              <CoresPanel host={host} />
              {admin && <Instances />}
              <Checks checks={host.checks} />
            </>
          }
          aside={<Machine host={host} />}
        />
      )}
    </Page>
  )
}

function CoresPanel({ host: { cores, pinning } }: { host: HostStatus }) {
  return (
    <Panel title={text.cores}>
      <Cores label={text.coresLabel} cores={coreTiles(cores, pinning)} />
      <Stack gap={1}>
        {coreSentences(pinning).map(sentence => (
          <Text key={sentence} size="sm" tone="neutral">
            {sentence}
          </Text>
        ))}
      </Stack>
    </Panel>
  )
}

function Machine({ host }: { host: HostStatus }) {
  const admin = useIsAdmin()
  const [one = 0, five = 0, fifteen = 0] = host.loadAverage
  return (
    <Panel title={text.machine}>
      <Facts
        items={[
          [text.name, host.hostname],
          [text.address, host.address],
          [text.kernel, host.kernel],
          [text.version, host.version],
          [text.driver, text.drivers[host.driver]],
          [text.load, text.loads(one.toFixed(2), five.toFixed(2), fifteen.toFixed(2))],
        ]}
      />
      <Part name={text.memory} part={host.memory} />
      <Part name={text.disk} part={host.disk} />
      {admin && <Link to="/host/disk">{messages.disk.hostLink}</Link>}
    </Panel>
  )
}

function Part({ name, part: { total, available } }: { name: string; part: HostStatus['memory'] }) {
  const used = text.usedOf(formatBytes(total - available), formatBytes(total))
  return (
    <Stack gap={1}>
      <Row spread>
        <Text tone="neutral">{name}</Text>
        <Text>{used}</Text>
      </Row>
      <Meter
        label={text.bar(name, used)}
        value={(total - available) / total}
        tone={available < total * 0.1 ? 'attention' : 'accent'}
      />
    </Stack>
  )
}

function Checks({ checks }: { checks: HostStatus['checks'] }) {
  return (
    <Panel title={text.checks} about={text.checksAbout}>
      {checks.map(check => (
        <Row key={check.name} gap={3} align="start" wrap={false}>
          <Badge tone={check.ok ? 'good' : 'attention'} icon={check.ok ? CircleCheck : CircleAlert}>
            {check.ok ? text.fine : text.wrong}
          </Badge>
          <Stack gap={0}>
            <Text strong>{check.name}</Text>
            <Text size="sm">{check.message}</Text>
            {check.remedy !== null && (
              <Text size="sm" tone="neutral">
                {check.remedy}
              </Text>
            )}
          </Stack>
        </Row>
      ))}
    </Panel>
  )
}
