import type { ContentFinding, OverlayRevision } from '@left4me/contract'
import { formatBytes } from '../format/numbers.ts'
import { messages } from '../messages/messages.ts'
import { Badge } from '../ui/badge.tsx'
import { Row, Stack } from '../ui/layout.tsx'
import { Line, LineList } from '../ui/list.tsx'
import { Hint } from '../ui/notice.tsx'
import { Table } from '../ui/table.tsx'
import { Text } from '../ui/text.tsx'
import { severityLooks } from './overlay-look.tsx'

const text = messages.revisions

/** What pre-flight found, and what to do about each. */
export function Findings({ findings }: { findings: readonly ContentFinding[] }) {
  if (findings.length === 0) return <Hint title={text.noFindings} />
  return (
    <LineList label={text.findings}>
      {findings.map((finding, index) => (
        <Line key={index}>
          <Stack gap={0}>
            <Row align="start">
              <Badge {...severityLooks[finding.severity]}>{text.severities[finding.severity]}</Badge>
              {finding.path !== null && <Text mono>{finding.path}</Text>}
            </Row>
            <Text block>{finding.message}</Text>
            <Text block size="sm" tone="neutral">
              {finding.remedy}
            </Text>
          </Stack>
        </Line>
      ))}
    </LineList>
  )
}

/** Which items or archives a revision was made of. */
export function SourcesTable({ sources }: { sources: OverlayRevision['sources'] }) {
  return (
    <Table
      label={text.sources}
      items={sources}
      keyOf={({ id }) => id}
      columns={[
        {
          key: 'what',
          title: text.source,
          cell: ({ id, title }) => (
            <Stack gap={0}>
              <Text>{title || id}</Text>
              {title !== '' && title !== id && (
                <Text size="sm" tone="neutral">
                  {id}
                </Text>
              )}
            </Stack>
          ),
        },
        { key: 'version', title: text.version, wide: true, cell: ({ version }) => versionText(version) },
        {
          key: 'size',
          title: messages.overlays.size,
          numeric: true,
          cell: ({ bytes }) => formatBytes(bytes),
        },
      ]}
    />
  )
}

/** The Workshop's versions are times in seconds; an index's are checksums. */
function versionText(version: string) {
  const seconds = Number(version)
  if (/^\d{9,11}$/.test(version)) return new Date(seconds * 1000).toISOString().slice(0, 10)
  return (
    <Text mono cut title={version}>
      {version.slice(0, 12)}
    </Text>
  )
}
