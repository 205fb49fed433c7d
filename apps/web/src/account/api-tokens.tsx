import type { ApiToken } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { tokensQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { nameError } from '../server/read-settings.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { CopyText } from '../ui/copy-text.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Form, TextField } from '../ui/field.tsx'
import { Panel, Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Table } from '../ui/table.tsx'
import { Text } from '../ui/text.tsx'
import { LocalTime, RelativeTime } from '../ui/time.tsx'

const text = messages.account
const maxName = 64

export function ApiTokens() {
  const queries = useQueryClient()
  const tokens = useQuery(tokensQuery)
  const [revoked, revoke] = useState<ApiToken | null>(null)
  const refresh = () => void queries.invalidateQueries({ queryKey: tokensQuery.queryKey })
  const remove = useMutation({
    mutationFn: (id: number) => call('deleteMyToken', { params: { id } }),
    onSuccess: () => {
      refresh()
      revoke(null)
    },
  })
  return (
    <Panel title={text.tokens} about={text.tokensAbout}>
      <ProblemNotice error={tokens.error} onRetry={() => void tokens.refetch()} />
      {tokens.data?.length === 0 && <Text tone="neutral">{text.noTokens}</Text>}
      {tokens.data && tokens.data.length > 0 && (
        <Table
          label={text.tokens}
          items={tokens.data}
          keyOf={token => token.id}
          columns={[
            { key: 'name', title: text.name, cell: token => <Text strong>{token.name}</Text> },
            {
              key: 'used',
              title: text.used,
              cell: token => (token.lastUsedAt ? <RelativeTime value={token.lastUsedAt} /> : text.never),
            },
            {
              key: 'since',
              title: messages.people.since,
              wide: true,
              cell: token => <LocalTime value={token.createdAt} />,
            },
            {
              key: 'actions',
              title: messages.people.actions,
              untitled: true,
              cell: token => (
                <Button small kind="quiet" label={text.revokeNamed(token.name)} onClick={() => revoke(token)}>
                  {text.revoke}
                </Button>
              ),
            },
          ]}
        />
      )}
      <NewToken onCreated={refresh} />
      {revoked && (
        <ConfirmDialog
          open
          onClose={() => revoke(null)}
          title={text.revokeTitle(revoked.name)}
          action={text.revoke}
          danger
          busy={remove.isPending}
          error={<ProblemNotice error={remove.error} />}
          onConfirm={() => remove.mutate(revoked.id)}
        >
          {text.revokeLost}
        </ConfirmDialog>
      )}
    </Panel>
  )
}

function NewToken({ onCreated }: { onCreated: () => void }) {
  const [name, setName] = useState('')
  const [checked, setChecked] = useState(false)
  const create = useMutation({
    mutationFn: () => call('createMyToken', { body: { name: name.trim() } }),
    onSuccess: () => {
      setName('')
      setChecked(false)
      onCreated()
    },
  })
  const answered = isProblem(create.error) ? create.error.fieldErrors(['name'])['name'] : undefined
  return (
    <Form
      onSubmit={() => {
        setChecked(true)
        if (!nameError(name, maxName)) create.mutate()
      }}
    >
      <TextField
        label={text.tokenName}
        value={name}
        onChange={setName}
        maxLength={maxName}
        error={(checked ? nameError(name, maxName) : undefined) ?? answered}
      />
      {create.error && !answered && <ProblemNotice error={create.error} />}
      {create.data && (
        <Notice tone="good" title={text.created}>
          <CopyText text={create.data.token} what={text.copyToken} />
        </Notice>
      )}
      <Row>
        <Button type="submit" icon={KeyRound} busy={create.isPending}>
          {text.createToken}
        </Button>
      </Row>
    </Form>
  )
}
