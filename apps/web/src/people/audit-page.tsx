import type { AuditEntry } from '@left4me/contract'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ScrollText } from 'lucide-react'
import { auditQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { useIsAdmin } from '../session/session.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Page, Panel, Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { Text } from '../ui/text.tsx'
import { LocalTime } from '../ui/time.tsx'

const text = messages.audit

const columns: Column<AuditEntry>[] = [
  { key: 'time', title: text.time, cell: ({ time }) => <LocalTime value={time} /> },
  {
    key: 'who',
    title: text.who,
    cell: ({ username }) => username ?? <Text tone="neutral">{text.nobody}</Text>,
  },
  { key: 'what', title: text.what, cell: ({ action }) => <Text mono>{action}</Text> },
  { key: 'target', title: text.target, cell: ({ target }) => target && <Text mono>{target}</Text> },
  { key: 'detail', title: text.detail, wide: true, cell: ({ detail }) => detail },
]

export function AuditPage() {
  const admin = useIsAdmin()
  const audit = useInfiniteQuery({ ...auditQuery, enabled: admin })
  const items = audit.data?.pages.flatMap(page => page.items)
  return (
    <Page title={text.title}>
      {!admin && <Notice tone="attention">{messages.errors.adminsOnly}</Notice>}
      <ProblemNotice error={audit.error} onRetry={() => void audit.refetch()} />
      {admin && audit.isPending && <Loading label={messages.loading} />}
      {items?.length === 0 && (
        <Empty icon={ScrollText} title={text.empty}>
          {text.emptyAbout}
        </Empty>
      )}
      {items && items.length > 0 && (
        <Panel flush>
          <Table label={text.about} columns={columns} items={items} keyOf={entry => entry.id} />
        </Panel>
      )}
      {audit.hasNextPage && (
        <Row>
          <Button busy={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
            {messages.actions.more}
          </Button>
        </Row>
      )}
    </Page>
  )
}
