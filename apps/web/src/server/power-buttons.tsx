import { type PowerAction, type Server, whyNot } from '@left4me/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Play, RotateCw, Square } from 'lucide-react'
import { useState } from 'react'
import { startJob } from '../jobs/start-job.tsx'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { isUp } from './server-look.tsx'

type Action = 'start' | 'stop' | 'restart'
const routes = { start: 'startServer', stop: 'stopServer', restart: 'restartServer' } as const
const icons = { start: Play, stop: Square, restart: RotateCw }

interface PowerButtonsProps {
  server: Server
  /** In a list: small, and the names say which server is meant. */
  inList?: boolean
  onError: (error: { action: PowerAction; error: Error } | null) => void
}

/** Start, stop, restart: each disabled with the reason out of the contract's table. */
export function PowerButtons({ server, inList = false, onError }: PowerButtonsProps) {
  const queries = useQueryClient()
  const start = useMutation({
    mutationFn: (action: Action) => startJob(queries, routes[action], { params: { id: server.id } }),
  })
  const [asked, ask] = useState<'stop' | 'restart' | null>(null)

  const run = (action: Action) => {
    onError(null)
    start.mutate(action, {
      onSuccess: () => ask(null),
      onError: error => {
        ask(null)
        onError({ action, error })
      },
    })
  }
  const press = (action: Action) => {
    // People would be thrown out: that is asked once.
    if (action !== 'start' && isUp(server) && server.players > 0) ask(action)
    else run(action)
  }

  return (
    <>
      {(['start', 'stop', 'restart'] as const).map(action => (
        <Button
          key={action}
          icon={icons[action]}
          small={inList}
          kind={
            action === 'start' && !inList && whyNot('start', server.state) === null
              ? 'primary'
              : inList
                ? 'quiet'
                : 'plain'
          }
          busy={start.isPending && start.variables === action}
          disabledReason={whyNot(action, server.state)}
          iconOnly={inList}
          {...(inList ? { label: messages.power.named(action, server.name) } : {})}
          onClick={() => press(action)}
        >
          {messages.power[action]}
        </Button>
      ))}
      {asked && (
        <ConfirmDialog
          open
          onClose={() => ask(null)}
          title={messages.power.askTitle(asked, server.name)}
          action={messages.power[asked]}
          busy={start.isPending}
          onConfirm={() => run(asked)}
        >
          {messages.power.askPlayers(server.players)}
        </ConfirmDialog>
      )}
    </>
  )
}

/** What a power button was refused with, beside the buttons. */
export function PowerProblem({ problem }: { problem: { action: PowerAction; error: Error } | null }) {
  return <ProblemNotice error={problem?.error ?? null} />
}
