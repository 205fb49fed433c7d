import { limits } from '@left4me/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useLocation, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { setUpStatusQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Tag } from '../ui/badge.tsx'
import { Button, LinkButton } from '../ui/button.tsx'
import { Form, PasswordField, TextField } from '../ui/field.tsx'
import { Brand } from '../ui/frame.tsx'
import { CentredPage, Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'
import { Text, Title } from '../ui/text.tsx'
import { useEnter } from './session.ts'

/** The one-time link: its token is the fragment, which browsers never send anywhere by themselves. */
export function SetUpPage() {
  const token = useLocation({ select: ({ hash }) => hash })
  const status = useQuery({ ...setUpStatusQuery, staleTime: 0 })
  const { setUp } = messages
  return (
    <CentredPage title={setUp.title}>
      <Row spread>
        <Brand name={messages.product} />
        {status.data?.simulated && <Tag title={messages.simulatedHint}>{messages.simulated}</Tag>}
      </Row>
      <Title>{setUp.title}</Title>
      {status.isPending && <Loading label={messages.loading} />}
      <ProblemNotice error={status.error} onRetry={() => void status.refetch()} />
      {status.data?.needed === false && <Used />}
      {status.data?.needed &&
        (token === '' ? (
          <Notice tone="attention" title={setUp.noToken}>
            {setUp.noTokenDetail}
          </Notice>
        ) : (
          <FirstAdmin token={token} />
        ))}
    </CentredPage>
  )
}

function Used() {
  return (
    <>
      <Notice tone="attention" title={messages.setUp.used}>
        {messages.setUp.usedDetail}
      </Notice>
      <LinkButton to="/log-in" kind="primary">
        {messages.logIn.action}
      </LinkButton>
    </>
  )
}

function FirstAdmin({ token }: { token: string }) {
  const router = useRouter()
  const enter = useEnter()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const make = useMutation({
    mutationFn: () => call('setUp', { body: { token, username, password } }),
    onSuccess: session => {
      enter(session)
      // Replaced, so that going back doesn't show a link that has been used.
      router.history.replace('/')
    },
  })
  const fields = isProblem(make.error) ? make.error.fieldErrors(['username', 'password']) : {}
  return (
    <Form onSubmit={() => make.mutate()}>
      <Text block tone="neutral">
        {messages.setUp.about}
      </Text>
      <TextField
        label={messages.logIn.username}
        value={username}
        onChange={setUsername}
        autoComplete="username"
        autoFocus
        maxLength={limits.username.max}
        hint={messages.setUp.usernameHint}
        error={fields['username']}
      />
      <PasswordField
        label={messages.logIn.password}
        value={password}
        onChange={setPassword}
        autoComplete="new-password"
        hint={messages.setUp.passwordHint(limits.password.min)}
        error={fields['password']}
      />
      {Object.keys(fields).length === 0 && <ProblemNotice error={make.error} />}
      <Button type="submit" kind="primary" busy={make.isPending}>
        {messages.setUp.action}
      </Button>
    </Form>
  )
}
