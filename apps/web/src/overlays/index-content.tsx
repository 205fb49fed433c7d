import type { Overlay } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { changeOverlay, revisionsQuery } from '../api/content-queries.ts'
import { isProblem } from '../api/problem-error.ts'
import { useEdits } from '../edits/use-edits.ts'
import { useUnsaved } from '../edits/use-unsaved.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Form, TextField } from '../ui/field.tsx'
import { Panel, Stack } from '../ui/layout.tsx'
import { Hint } from '../ui/notice.tsx'
import { SaveRow } from '../ui/save-row.tsx'
import { Text } from '../ui/text.tsx'
import { SourcesTable } from './revision-parts.tsx'

const text = messages.mapIndex

/** Where the index is, and what the newest revision took from it. */
export function IndexContent({ overlay, mayChange }: { overlay: Overlay; mayChange: boolean }) {
  const revisions = useQuery(revisionsQuery(overlay.id))
  const newest = revisions.data?.find(({ newest }) => newest)
  return (
    <Stack gap={4}>
      <Panel title={text.title}>
        <Text block tone="neutral">
          {text.about}
        </Text>
        {mayChange ? <Address overlay={overlay} /> : <Text mono>{overlay.indexUrl}</Text>}
      </Panel>
      <Panel title={text.sources} flush>
        <ProblemNotice error={revisions.error} onRetry={() => void revisions.refetch()} />
        {newest ? <SourcesTable sources={newest.sources} /> : <Hint title={text.noSources} />}
      </Panel>
    </Stack>
  )
}

function Address({ overlay }: { overlay: Overlay }) {
  const queries = useQueryClient()
  const { edited, edit, saved } = useEdits<string | null>(null)
  const value = edited ?? overlay.indexUrl ?? ''
  const unchanged = value.trim() === (overlay.indexUrl ?? '')
  useUnsaved(!unchanged)
  const save = useMutation({
    mutationFn: (sent: string) => changeOverlay(queries, overlay.id, { indexUrl: sent.trim() }),
    onSuccess: (_, sent) => saved(sent),
  })
  const errors = isProblem(save.error) ? save.error.fieldErrors(['indexUrl']) : {}
  return (
    <Form onSubmit={() => !unchanged && !save.isPending && save.mutate(value)}>
      <TextField
        label={text.url}
        value={value}
        onChange={edit}
        hint={text.urlHint}
        error={errors['indexUrl']}
      />
      {Object.keys(errors).length === 0 && <ProblemNotice error={save.error} />}
      <SaveRow save={save} unchanged={unchanged} />
    </Form>
  )
}
