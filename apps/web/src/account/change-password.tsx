import { limits } from '@left4me/contract'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { Form, PasswordField } from '../ui/field.tsx'
import { Panel, Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'

const text = messages.account

export function ChangePassword({ username }: { username: string }) {
  const [currentPassword, setCurrent] = useState('')
  const [newPassword, setNext] = useState('')
  const change = useMutation({
    mutationFn: () => call('changeMyPassword', { body: { currentPassword, newPassword } }),
    onSuccess: () => {
      setCurrent('')
      setNext('')
    },
  })
  const problem = isProblem(change.error) ? change.error : null
  const fields = problem?.fieldErrors(['currentPassword', 'newPassword']) ?? {}
  // What a wrong current password is answered with names no field.
  const current =
    fields['currentPassword'] ?? (problem?.code === 'wrong-credentials' ? problem.message : undefined)
  return (
    <Panel title={text.password}>
      <Form onSubmit={() => change.mutate()}>
        {/* So that a password manager knows whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={username} readOnly hidden />
        <PasswordField
          label={text.current}
          value={currentPassword}
          onChange={setCurrent}
          autoComplete="current-password"
          error={current}
        />
        <PasswordField
          label={text.next}
          value={newPassword}
          onChange={setNext}
          autoComplete="new-password"
          hint={messages.setUp.passwordHint(limits.password.min)}
          error={fields['newPassword']}
        />
        {change.error && current === undefined && Object.keys(fields).length === 0 && (
          <ProblemNotice error={change.error} />
        )}
        {change.isSuccess && <Notice tone="good">{text.changed}</Notice>}
        <Row>
          <Button type="submit" kind="primary" busy={change.isPending}>
            {text.change}
          </Button>
        </Row>
      </Form>
    </Panel>
  )
}
