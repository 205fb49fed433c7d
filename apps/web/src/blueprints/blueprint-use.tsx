import type { Blueprint } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Download, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { blueprintsQuery, serversQuery } from '../api/queries.ts'
import { refreshBlueprints } from '../api/settings-queries.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Panel, Row, Stack } from '../ui/layout.tsx'
import { Link, Text } from '../ui/text.tsx'
import { saveTextFile } from './save-text-file.ts'

const text = messages.blueprint

/** Which servers are made from it, and taking it elsewhere. */
export function BlueprintUse({ blueprint }: { blueprint: Blueprint }) {
  const { data: servers = [] } = useQuery(serversQuery)
  const users = servers.filter(server => server.blueprintId === blueprint.id)
  const others = blueprint.serverCount - users.length
  const take = useMutation({
    mutationFn: () => call('exportBlueprint', { params: { id: blueprint.id } }),
    onSuccess: exported => saveTextFile(fileNameOf(blueprint.name), exported.text),
  })
  return (
    <Panel title={text.use}>
      <Stack>
        <Stack gap={1}>
          <Text size="sm" tone="neutral">
            {text.usedBy}
          </Text>
          {blueprint.serverCount === 0 && <Text>{text.nobody}</Text>}
          {users.map(({ id, name }) => (
            <Link key={id} to="/servers/$serverId" params={{ serverId: id }}>
              {name}
            </Link>
          ))}
          {others > 0 && (
            <Text tone="neutral">{users.length > 0 ? text.othersUse(others) : text.usedByCount(others)}</Text>
          )}
        </Stack>
        <ProblemNotice error={take.error} />
        <Row>
          <Button icon={Download} busy={take.isPending} onClick={() => take.mutate()}>
            {text.export}
          </Button>
        </Row>
        <Text size="sm" tone="neutral">
          {text.exportAbout}
        </Text>
      </Stack>
    </Panel>
  )
}

export function DeleteBlueprint({ blueprint }: { blueprint: Blueprint }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { data: blueprints } = useQuery(blueprintsQuery)
  const [asking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => call('deleteBlueprint', { params: { id: blueprint.id } }),
    onSuccess: async () => {
      await navigate({ to: '/blueprints', ignoreBlocker: true })
      queries.removeQueries({ queryKey: ['blueprint', blueprint.id] })
      await refreshBlueprints(queries)
    },
  })
  const standard = blueprints?.find(({ ownerId }) => ownerId === null)?.id === blueprint.id
  return (
    <Panel title={text.delete} danger>
      <Row>
        <Button
          kind="danger"
          icon={Trash2}
          disabledReason={standard ? text.isDefault : blueprint.serverCount > 0 ? text.inUse : null}
          onClick={() => setAsking(true)}
        >
          {text.deleteAction}
        </Button>
      </Row>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={text.deleteTitle(blueprint.name)}
        action={text.deleteAction}
        danger
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
        error={<ProblemNotice error={remove.error} />}
      >
        <p>{text.deleteLost}</p>
      </ConfirmDialog>
    </Panel>
  )
}

/** `Friday night!` is `friday-night.blueprint.json`. */
function fileNameOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
  return `${plain || 'blueprint'}.blueprint.json`
}
