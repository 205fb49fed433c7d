import type { DiskUse } from '@left4me/contract'
import { formatBytes } from '../format/numbers.ts'
import { messages } from '../messages/messages.ts'
import { Tag } from '../ui/badge.tsx'
import { Panel, Row } from '../ui/layout.tsx'
import { Hint } from '../ui/notice.tsx'
import { Table } from '../ui/table.tsx'
import { Link, Text } from '../ui/text.tsx'

const text = messages.disk

interface OverlayRow {
  readonly key: string
  readonly overlayId: number
  readonly name: string | null
  readonly what: string
  readonly bytes: number
  readonly own: number | null
  readonly keptBy: readonly string[]
  readonly canGo: boolean
}

/** Each revision, draft and unfinished upload, largest first. */
function overlayRows({ overlays }: DiskUse): OverlayRow[] {
  return overlays
    .flatMap(({ overlayId, name, draft, uploads, revisions }) => [
      ...revisions.map(({ revision, bytes, own, keptBy, canGo }) => ({
        key: `${overlayId}/${revision}`,
        overlayId,
        name,
        what: messages.overlays.revisionNumber(revision),
        bytes,
        own,
        keptBy,
        canGo,
      })),
      ...[
        { what: text.draftRow, bytes: draft },
        { what: text.uploadsRow, bytes: uploads },
      ]
        .filter(({ bytes }) => bytes > 0)
        .map(row => ({
          ...row,
          key: `${overlayId}/${row.what}`,
          overlayId,
          name,
          own: null,
          keptBy: [],
          canGo: false,
        })),
    ])
    .sort((a, b) => b.bytes - a.bytes)
}

export function OverlaysOnDisk({ use }: { use: DiskUse }) {
  const rows = overlayRows(use)
  return (
    <Panel title={messages.overlays.title} flush>
      {rows.length === 0 ? (
        <Hint title={messages.overlays.emptyTitle} />
      ) : (
        <Table
          label={messages.overlays.title}
          items={rows}
          keyOf={({ key }) => key}
          columns={[
            {
              key: 'name',
              title: text.overlay,
              cell: ({ overlayId, name, what, canGo }) => (
                <Row>
                  {name === null ? (
                    <Text>{text.unknownOverlay(overlayId)}</Text>
                  ) : (
                    <Link to="/overlays/$overlayId/revisions" params={{ overlayId }} plain>
                      {name}
                    </Link>
                  )}
                  <Text tone="neutral">{what}</Text>
                  {canGo && <Tag>{text.mayGo}</Tag>}
                </Row>
              ),
            },
            { key: 'size', title: text.size, numeric: true, cell: ({ bytes }) => formatBytes(bytes) },
            {
              key: 'own',
              title: text.frees,
              numeric: true,
              wide: true,
              cell: ({ own }) => (own === null ? '–' : formatBytes(own)),
            },
            {
              key: 'kept',
              title: text.keptBy,
              cell: ({ keptBy, canGo, own }) =>
                keptBy.length > 0 ? (
                  keptBy.join(', ')
                ) : (
                  <Text tone="neutral">{canGo ? text.nobody : own === null ? '–' : text.newest}</Text>
                ),
            },
          ]}
        />
      )}
    </Panel>
  )
}

export function ServersOnDisk({ use }: { use: DiskUse }) {
  const servers = use.servers.toSorted((a, b) => b.upper - a.upper)
  return (
    <Panel title={text.servers} about={text.serverAbout} flush>
      {servers.length === 0 ? (
        <Hint title={messages.servers.emptyTitle} />
      ) : (
        <Table
          label={text.servers}
          items={servers}
          keyOf={({ name, serverId }) => `${serverId}/${name}`}
          columns={[
            {
              key: 'name',
              title: text.server,
              cell: ({ serverId, name }) =>
                serverId === null ? (
                  <Row>
                    <Text>{name}</Text>
                    <Tag>{text.serverGone}</Tag>
                  </Row>
                ) : (
                  <Link to="/servers/$serverId" params={{ serverId }} plain>
                    {name}
                  </Link>
                ),
            },
            { key: 'size', title: text.size, numeric: true, cell: ({ upper }) => formatBytes(upper) },
          ]}
        />
      )}
    </Panel>
  )
}
