import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { setUpStatusQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Tag } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Form, PasswordField, TextField } from '../ui/field.tsx'
import { Brand } from '../ui/frame.tsx'
import { CentredPage, Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Title } from '../ui/text.tsx'
import { nextPath } from './next-path.ts'
import { useEnter } from './session.ts'

const route = getRouteApi('/log-in')

export function LogInPage() {
  const { next, expired } = route.useSearch()
  const router = useRouter()
  const enter = useEnter()
  const status = useQuery(setUpStatusQuery)
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const logIn = useMutation({
    mutationFn: () => call('logIn', { body: { username, password } }),
    onSuccess: session => {
      enter(session)
      router.history.replace(nextPath(next))
    },
  })
  const fields = isProblem(logIn.error) ? logIn.error.fieldErrors(['username', 'password']) : {}
  return (
    <CentredPage title={messages.logIn.title}>
      <Row spread>
        <Brand name={messages.product} />
        {status.data?.simulated && <Tag title={messages.simulatedHint}>{messages.simulated}</Tag>}
      </Row>
      <Title>{messages.logIn.title}</Title>
      {status.data?.needed && (
        <Notice tone="accent" title={messages.logIn.setUpNeeded}>
          {messages.logIn.setUpNeededDetail}
        </Notice>
      )}
      {expired && !logIn.error && <Notice tone="attention">{messages.logIn.expired}</Notice>}
      <Form onSubmit={() => logIn.mutate()}>
        <TextField
          label={messages.logIn.username}
          value={username}
          onChange={setUsername}
          autoComplete="username"
          autoFocus
          error={fields['username']}
        />
        <PasswordField
          label={messages.logIn.password}
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          error={fields['password']}
        />
        {Object.keys(fields).length === 0 && <ProblemNotice error={logIn.error} />}
        <Button type="submit" kind="primary" busy={logIn.isPending}>
          {messages.logIn.action}
        </Button>
      </Form>
    </CentredPage>
  )
}
