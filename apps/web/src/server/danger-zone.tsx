import { type Server, whyNot } from '@left4me/contract'
import { useNavigate } from '@tanstack/react-router'
import { Eraser, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useStartJob } from '../jobs/start-job.tsx'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Fill, Panel, Row } from '../ui/layout.tsx'
import { Text } from '../ui/text.tsx'

const text = messages.settings

/** What destroys something: each asks once and names what is lost. */
export function DangerZone({ server }: { server: Server }) {
  const navigate = useNavigate()
  const [asked, ask] = useState<'reset' | 'delete' | null>(null)
  const reset = useStartJob('resetServer')
  const remove = useStartJob('deleteServer')
  const close = () => {
    ask(null)
    reset.reset()
    remove.reset()
  }
  const params = { id: server.id }
  return (
    <Panel title={text.danger} danger>
      <Row spread gap={4} wrap={false}>
        <Fill>
          <Text block>{text.resetAbout}</Text>
        </Fill>
        <Button
          kind="danger"
          icon={Eraser}
          disabledReason={whyNot('reset', server.state)}
          onClick={() => ask('reset')}
        >
          {text.reset}
        </Button>
      </Row>
      <Row spread gap={4} wrap={false}>
        <Fill>
          <Text block>{text.deleteAbout}</Text>
        </Fill>
        <Button
          kind="danger"
          icon={Trash2}
          disabledReason={whyNot('delete', server.state)}
          onClick={() => ask('delete')}
        >
          {text.delete}
        </Button>
      </Row>
      <ConfirmDialog
        open={asked === 'reset'}
        onClose={close}
        title={text.resetTitle(server.name)}
        action={text.resetAction}
        danger
        busy={reset.isPending}
        error={<ProblemNotice error={reset.error} />}
        onConfirm={() => reset.mutate({ params }, { onSuccess: close })}
      >
        {text.resetLost}
      </ConfirmDialog>
      <ConfirmDialog
        open={asked === 'delete'}
        onClose={close}
        title={text.deleteTitle(server.name)}
        action={text.deleteAction}
        danger
        typed={{ label: text.deleteType, text: server.name }}
        busy={remove.isPending}
        error={<ProblemNotice error={remove.error} />}
        onConfirm={() =>
          remove.mutate({ params }, { onSuccess: () => void navigate({ to: '/', ignoreBlocker: true }) })
        }
      >
        {text.deleteLost(server.port)}
      </ConfirmDialog>
    </Panel>
  )
}
