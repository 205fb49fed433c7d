import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { LogOut } from 'lucide-react'
import { call } from '../api/call.ts'
import { enableShortcuts, useShortcutsEnabled } from '../keyboard/enabled.ts'
import { messages } from '../messages/messages.ts'
import { forgetSession, useMe } from '../session/session.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Tag } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Checkbox } from '../ui/choices.tsx'
import { Page, Panel, Row } from '../ui/layout.tsx'
import { Segments } from '../ui/pressable.tsx'
import { Text } from '../ui/text.tsx'
import { setTheme, themes, useTheme } from '../ui/theme.ts'
import { ApiTokens } from './api-tokens.tsx'
import { ChangePassword } from './change-password.tsx'

const text = messages.account

export function AccountPage() {
  const me = useMe()
  return (
    <Page title={text.title} width="reading" actions={<LogOutButton />}>
      <Row>
        <Text size="lg" strong>
          {me.username}
        </Text>
        <Tag>{messages.people.roles[me.role]}</Tag>
      </Row>
      <ChangePassword username={me.username} />
      <ApiTokens />
      <ThisBrowser />
    </Page>
  )
}

function LogOutButton() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const logOut = useMutation({
    mutationFn: () => call('logOut'),
    onSuccess: async () => {
      await navigate({ to: '/log-in' })
      forgetSession(queries)
    },
  })
  return (
    <>
      <ProblemNotice error={logOut.error} />
      <Button icon={LogOut} busy={logOut.isPending} onClick={() => logOut.mutate()}>
        {messages.navigation.logOut}
      </Button>
    </>
  )
}

function ThisBrowser() {
  const theme = useTheme()
  const shortcuts = useShortcutsEnabled()
  return (
    <Panel title={text.browser}>
      <Row gap={3}>
        <Text>{messages.theme.label}</Text>
        <Segments
          label={messages.theme.label}
          value={theme}
          onChange={setTheme}
          choices={themes.map(value => ({ value, label: messages.theme[value] }))}
        />
      </Row>
      <Checkbox
        label={text.shortcuts}
        hint={text.shortcutsHint}
        checked={shortcuts}
        onChange={enableShortcuts}
      />
    </Panel>
  )
}
