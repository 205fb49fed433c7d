import { limits, type Server } from '@left4me/contract'
import { useNavigate } from '@tanstack/react-router'
import { Copy } from 'lucide-react'
import { useState } from 'react'
import { isProblem } from '../api/problem-error.ts'
import { useStartJob } from '../jobs/start-job.tsx'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { Form, TextField } from '../ui/field.tsx'
import { Panel, Row } from '../ui/layout.tsx'
import { nameError } from './read-settings.ts'

const text = messages.settings

export function CloneServer({ server }: { server: Server }) {
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const [checked, setChecked] = useState(false)
  const clone = useStartJob('cloneServer')
  const answered = isProblem(clone.error) ? clone.error.fieldErrors(['name'])['name'] : undefined
  const error = (checked ? nameError(name) : undefined) ?? answered
  const submit = () => {
    setChecked(true)
    if (nameError(name)) return
    clone.mutate(
      { params: { id: server.id }, body: { name: name.trim() } },
      { onSuccess: job => void navigate({ to: '/jobs/$jobId', params: { jobId: job.id } }) },
    )
  }
  return (
    <Panel title={text.clone} about={text.cloneAbout}>
      <Form onSubmit={submit}>
        <TextField
          label={text.cloneName}
          value={name}
          onChange={setName}
          maxLength={limits.serverName}
          error={error}
        />
        {clone.error && !answered && <ProblemNotice error={clone.error} />}
        <Row>
          <Button type="submit" icon={Copy} busy={clone.isPending}>
            {text.cloneAction}
          </Button>
        </Row>
      </Form>
    </Panel>
  )
}
