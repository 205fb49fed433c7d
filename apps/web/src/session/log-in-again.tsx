import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { sessionQuery } from '../api/queries.ts'
import { useLive } from '../live/live-connection.tsx'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Dialog, DialogSubmit } from '../ui/dialog.tsx'
import { Form, PasswordField } from '../ui/field.tsx'
import { useMe } from './session.ts'
import { goOn, leaveSession, useHeldOpen } from './session-end.ts'

const text = messages.logIn

/** Lets the same person log in again on the page where the session ended, and go on with what is typed there. */
export function LogInAgain() {
  const { username } = useMe()
  return (
    <Dialog open={useHeldOpen()} title={text.ended} about={text.endedAbout(username)}>
      <Password username={username} />
    </Dialog>
  )
}

/** Its own component, so that the password is forgotten when the dialog closes. */
function Password({ username }: { username: string }) {
  const queries = useQueryClient()
  const router = useRouter()
  const { retry } = useLive()
  const [password, setPassword] = useState('')
  const logIn = useMutation({
    mutationFn: () => call('logIn', { body: { username, password } }),
    onSuccess: session => {
      queries.setQueryData(sessionQuery.queryKey, session)
      goOn()
      retry()
      // Whatever was asked for in between was refused.
      void queries.invalidateQueries()
    },
  })
  return (
    <Form onSubmit={() => !logIn.isPending && logIn.mutate()}>
      {/* So that a password manager knows whose password this is. */}
      <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
      <PasswordField
        label={text.password}
        value={password}
        onChange={setPassword}
        autoComplete="current-password"
      />
      <ProblemNotice error={logIn.error} />
      <DialogSubmit
        action={text.action}
        cancel={messages.unsaved.leave}
        busy={logIn.isPending}
        onCancel={() => leaveSession(queries, router)}
      />
    </Form>
  )
}
