import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { refreshBlueprints } from '../api/settings-queries.ts'
import { useUnsaved } from '../edits/use-unsaved.ts'
import { messages } from '../messages/messages.ts'
import { Button } from '../ui/button.tsx'
import { Page, Row } from '../ui/layout.tsx'
import { Link } from '../ui/text.tsx'
import { BlueprintForm, blueprintNameError, emptyBlueprint, readBlueprint } from './blueprint-form.tsx'

const text = messages.blueprint

export function NewBlueprintPage() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [typed, setTyped] = useState(emptyBlueprint)
  const [checked, setChecked] = useState(false)
  useUnsaved(typed !== emptyBlueprint)
  const create = useMutation({
    mutationFn: () => call('createBlueprint', { body: readBlueprint(typed) }),
    onSuccess: async ({ id }) => {
      await refreshBlueprints(queries)
      await navigate({ to: '/blueprints/$blueprintId', params: { blueprintId: id }, ignoreBlocker: true })
    },
  })
  return (
    <Page
      title={text.newTitle}
      above={
        <Link to="/blueprints" plain>
          ← {messages.blueprints.toBlueprints}
        </Link>
      }
    >
      <BlueprintForm
        typed={typed}
        onChange={change => setTyped({ ...typed, ...change })}
        onSubmit={() => {
          setChecked(true)
          if (!blueprintNameError(typed) && !create.isPending) create.mutate()
        }}
        error={create.error}
        checked={checked}
      >
        <Row>
          <Button type="submit" kind="primary" icon={Plus} busy={create.isPending}>
            {text.create}
          </Button>
        </Row>
      </BlueprintForm>
    </Page>
  )
}
