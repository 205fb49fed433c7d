import { limits, type Role, roles, type User } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil, ScrollText, Trash2, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { usersQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { useIsAdmin, useMe } from '../session/session.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Tag } from '../ui/badge.tsx'
import { Button, LinkButton } from '../ui/button.tsx'
import { Checkbox, ChoiceCards } from '../ui/choices.tsx'
import { ConfirmDialog, Dialog, DialogSubmit } from '../ui/dialog.tsx'
import { Form, PasswordField, TextField } from '../ui/field.tsx'
import { Fill, Page, Panel, Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'
import { Table } from '../ui/table.tsx'
import { Text } from '../ui/text.tsx'
import { LocalTime, RelativeTime } from '../ui/time.tsx'

const text = messages.people

export function PeoplePage() {
  const admin = useIsAdmin()
  if (!admin) {
    return (
      <Page title={text.title}>
        <Notice tone="attention">{messages.errors.adminsOnly}</Notice>
      </Page>
    )
  }
  return <People />
}

function People() {
  const me = useMe()
  const users = useQuery(usersQuery)
  const [adding, setAdding] = useState(false)
  const [edited, edit] = useState<User | null>(null)
  const [deleted, remove] = useState<User | null>(null)
  return (
    <Page
      title={text.title}
      actions={
        <>
          <LinkButton to="/audit" icon={ScrollText}>
            {messages.navigation.audit}
          </LinkButton>
          <Button kind="primary" icon={UserPlus} onClick={() => setAdding(true)}>
            {text.add}
          </Button>
        </>
      }
    >
      <ProblemNotice error={users.error} onRetry={() => void users.refetch()} />
      {users.isPending && <Loading label={messages.loading} />}
      {users.data && (
        <Panel flush>
          <Table
            label={text.title}
            items={users.data}
            keyOf={user => user.id}
            stepping
            columns={[
              {
                key: 'name',
                title: text.username,
                cell: user => (
                  <Row>
                    <Text strong>{user.username}</Text>
                    {user.id === me.id && <Tag>{text.you}</Tag>}
                  </Row>
                ),
              },
              {
                key: 'role',
                title: text.role,
                cell: user => (
                  <Row>
                    {text.roles[user.role]}
                    {user.mayBringCode && user.role !== 'admin' && (
                      <Tag title={text.codeHint}>{text.codeTag}</Tag>
                    )}
                  </Row>
                ),
              },
              {
                key: 'seen',
                title: text.lastSeen,
                wide: true,
                cell: user => (user.lastSeenAt ? <RelativeTime value={user.lastSeenAt} /> : text.never),
              },
              {
                key: 'since',
                title: text.since,
                wide: true,
                cell: user => <LocalTime value={user.createdAt} />,
              },
              {
                key: 'actions',
                title: text.actions,
                untitled: true,
                cell: user => (
                  <Row gap={1} wrap={false}>
                    <Fill>{null}</Fill>
                    <Button
                      small
                      kind="quiet"
                      icon={Pencil}
                      iconOnly
                      label={text.editNamed(user.username)}
                      onClick={() => edit(user)}
                    >
                      {text.edit}
                    </Button>
                    <Button
                      small
                      kind="quiet"
                      icon={Trash2}
                      iconOnly
                      label={text.deleteNamed(user.username)}
                      onClick={() => remove(user)}
                    >
                      {text.delete}
                    </Button>
                  </Row>
                ),
              },
            ]}
          />
        </Panel>
      )}
      {adding && <AddPerson onClose={() => setAdding(false)} />}
      {edited && <ChangePerson user={edited} onClose={() => edit(null)} />}
      {deleted && <DeletePerson user={deleted} onClose={() => remove(null)} />}
    </Page>
  )
}

const roleChoices = roles.map(role => ({ value: role, label: text.roles[role], about: text.roleAbout[role] }))
const readRole = (value: string): Role => (value === 'admin' ? 'admin' : 'user')

/** Whether somebody may bring code onto the machine; admins always may. */
function CodeRight({
  role,
  checked,
  onChange,
}: {
  role: Role
  checked: boolean
  onChange: (checked: boolean) => void
}) {
  if (role === 'admin') return <Text tone="neutral">{text.codeAdmin}</Text>
  return <Checkbox label={text.code} hint={text.codeHint} checked={checked} onChange={onChange} />
}

function AddPerson({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [role, setRole] = useState<Role>('user')
  const [code, setCode] = useState(false)
  const add = useMutation({
    mutationFn: () => call('createUser', { body: { username, password, role, mayBringCode: code } }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: usersQuery.queryKey })
      onClose()
    },
  })
  const fields = isProblem(add.error) ? add.error.fieldErrors(['username', 'password']) : {}
  return (
    <Dialog open onClose={onClose} title={text.add}>
      <Form onSubmit={() => add.mutate()}>
        <TextField
          label={text.username}
          value={username}
          onChange={setUsername}
          maxLength={limits.username.max}
          hint={messages.setUp.usernameHint}
          error={fields['username']}
        />
        <PasswordField
          label={text.password}
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          hint={text.passwordHint(limits.password.min)}
          error={fields['password']}
        />
        <ChoiceCards
          legend={text.role}
          name="role"
          value={role}
          onChange={value => setRole(readRole(value))}
          choices={roleChoices}
        />
        <CodeRight role={role} checked={code} onChange={setCode} />
        {Object.keys(fields).length === 0 && <ProblemNotice error={add.error} />}
        <DialogSubmit action={text.add} busy={add.isPending} onCancel={onClose} />
      </Form>
    </Dialog>
  )
}

function ChangePerson({ user, onClose }: { user: User; onClose: () => void }) {
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const [role, setRole] = useState<Role>(user.role)
  const [code, setCode] = useState(user.mayBringCode)
  const change = useMutation({
    mutationFn: () =>
      call('changeUser', {
        params: { id: user.id },
        body: {
          ...(role === user.role ? {} : { role }),
          ...(password ? { password } : {}),
          ...(code === user.mayBringCode ? {} : { mayBringCode: code }),
        },
      }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: usersQuery.queryKey })
      onClose()
    },
  })
  const fields = isProblem(change.error) ? change.error.fieldErrors(['password']) : {}
  const unchanged = role === user.role && password === '' && code === user.mayBringCode
  return (
    <Dialog open onClose={onClose} title={text.editTitle(user.username)}>
      <Form onSubmit={() => !unchanged && change.mutate()}>
        <ChoiceCards
          legend={text.role}
          name="role"
          value={role}
          onChange={value => setRole(readRole(value))}
          choices={roleChoices}
        />
        <CodeRight role={role} checked={code} onChange={setCode} />
        <PasswordField
          label={text.newPassword}
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          hint={text.newPasswordHint}
          error={fields['password']}
        />
        {Object.keys(fields).length === 0 && <ProblemNotice error={change.error} />}
        <DialogSubmit
          action={messages.actions.save}
          busy={change.isPending}
          disabledReason={unchanged ? messages.forms.nothingChanged : null}
          onCancel={onClose}
        />
      </Form>
    </Dialog>
  )
}

function DeletePerson({ user, onClose }: { user: User; onClose: () => void }) {
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () => call('deleteUser', { params: { id: user.id } }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: usersQuery.queryKey })
      onClose()
    },
  })
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={text.deleteTitle(user.username)}
      action={text.deleteAction}
      danger
      busy={remove.isPending}
      error={<ProblemNotice error={remove.error} />}
      onConfirm={() => remove.mutate()}
    >
      {text.deleteLost}
    </ConfirmDialog>
  )
}
