import type { Blueprint } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Server as ServerIcon } from 'lucide-react'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { blueprintQuery, refreshBlueprints } from '../api/settings-queries.ts'
import { useEdits } from '../edits/use-edits.ts'
import { useUnsaved } from '../edits/use-unsaved.ts'
import { messages } from '../messages/messages.ts'
import { useMe } from '../session/session.ts'
import { NotFoundPage, ProblemNotice } from '../shell/error-page.tsx'
import { LinkButton } from '../ui/button.tsx'
import { Page } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'
import { SaveRow } from '../ui/save-row.tsx'
import { Link } from '../ui/text.tsx'
import {
  BlueprintForm,
  blueprintNameError,
  readBlueprint,
  type TypedBlueprint,
  typedOf,
} from './blueprint-form.tsx'
import { BlueprintUse, DeleteBlueprint } from './blueprint-use.tsx'

const route = getRouteApi('/app/blueprints/$blueprintId')
const text = messages.blueprint

export function BlueprintPage() {
  const { blueprintId } = route.useParams()
  const { data: blueprint, error, refetch } = useQuery(blueprintQuery(blueprintId))
  if (isProblem(error, 'not-found')) return <NotFoundPage />
  if (!blueprint) {
    return (
      <Page title={messages.blueprints.title}>
        <ProblemNotice error={error} onRetry={() => void refetch()} />
        {!error && <Loading label={messages.loading} />}
      </Page>
    )
  }
  return <LoadedBlueprint key={blueprint.id} blueprint={blueprint} />
}

function LoadedBlueprint({ blueprint }: { blueprint: Blueprint }) {
  const me = useMe()
  const queries = useQueryClient()
  // What was typed stays while others change the blueprint; only what was changed here is sent.
  const { edited, edit, saved, discard } = useEdits<Partial<TypedBlueprint>>({})
  const present = typedOf(blueprint)
  const typed = { ...present, ...edited }
  const readOnly = me.role !== 'admin' && blueprint.ownerId !== me.id
  const change = changeOf(present, typed)
  const unchanged = Object.keys(change).length === 0
  useUnsaved(!unchanged)
  const save = useMutation({
    mutationFn: (sent: { change: typeof change; edited: typeof edited }) =>
      call('changeBlueprint', { params: { id: blueprint.id }, body: sent.change }),
    onSuccess: async (changed, sent) => {
      queries.setQueryData(blueprintQuery(blueprint.id).queryKey, changed)
      saved(sent.edited)
      await refreshBlueprints(queries)
    },
  })
  return (
    <Page
      title={blueprint.name}
      above={
        <Link to="/blueprints" plain>
          ← {messages.blueprints.toBlueprints}
        </Link>
      }
      actions={
        <LinkButton
          to="/servers/new"
          search={{ blueprint: blueprint.id }}
          icon={ServerIcon}
          kind={readOnly ? 'primary' : 'plain'}
        >
          {text.makeServer}
        </LinkButton>
      }
    >
      {readOnly && (
        <Notice tone="neutral">
          {text.readOnly(blueprint.ownerId === null ? text.platform : text.somebody)}
        </Notice>
      )}
      <BlueprintForm
        typed={typed}
        onChange={next => edit({ ...edited, ...next })}
        onSubmit={() => {
          if (!unchanged && !blueprintNameError(typed) && !save.isPending) save.mutate({ change, edited })
        }}
        error={save.error}
        checked
        readOnly={readOnly}
        aside={
          <>
            <BlueprintUse blueprint={blueprint} />
            {!readOnly && <DeleteBlueprint blueprint={blueprint} />}
          </>
        }
      >
        {!readOnly && (
          <SaveRow save={save} unchanged={unchanged} onDiscard={discard} note={text.takesEffect} />
        )}
      </BlueprintForm>
    </Page>
  )
}

/** Only what differs: a change by somebody else to another part is not undone by this form. */
function changeOf(before: TypedBlueprint, after: TypedBlueprint): Partial<ReturnType<typeof readBlueprint>> {
  const read = readBlueprint(after)
  return {
    ...(read.name !== before.name ? { name: read.name } : {}),
    ...(after.description !== before.description ? { description: read.description } : {}),
    ...(after.shared !== before.shared ? { shared: after.shared } : {}),
    ...(after.overlayIds.join() !== before.overlayIds.join() ? { overlayIds: read.overlayIds } : {}),
    ...(after.arguments !== before.arguments ? { arguments: read.arguments } : {}),
    ...(after.config !== before.config ? { config: read.config } : {}),
  }
}
