import { type Server, type ServerChange, updatePolicies } from '@left4me/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ExternalLink } from 'lucide-react'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { feedQueries } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { AnchorButton } from '../ui/button.tsx'
import { Checkbox, ChoiceCards } from '../ui/choices.tsx'
import { TextField } from '../ui/field.tsx'
import { Panel, Row, Stack } from '../ui/layout.tsx'

const text = messages.settings

/** Changes that take effect at once, without a button of their own. */
function useChange(server: Server) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: ServerChange) => call('changeServer', { params: { id: server.id }, body }),
    onSuccess: changed => feedQueries(queries, { name: 'server', data: changed }),
  })
}

export function StartPolicy({ server }: { server: Server }) {
  const save = useChange(server)
  return (
    <Panel title={text.startPolicy}>
      <Checkbox
        label={text.startAtBoot}
        hint={text.startAtBootHint}
        checked={(save.isPending ? save.variables.startAtBoot : undefined) ?? server.startAtBoot}
        onChange={startAtBoot => save.mutate({ startAtBoot })}
      />
      <ProblemNotice error={save.error} />
    </Panel>
  )
}

const firstTime = '05:00'
const isTime = (text: string) => /^([01]\d|2[0-3]):[0-5]\d$/.test(text)

/** When a running server changes to a new revision of the game. */
export function UpdatePolicy({ server }: { server: Server }) {
  const save = useChange(server)
  const present = (save.isPending ? save.variables.updatePolicy : undefined) ?? server.updatePolicy
  const [time, setTime] = useState(present.time ?? firstTime)
  const choose = (mode: (typeof updatePolicies)[number]) => {
    const wanted = isTime(time) ? time : (present.time ?? firstTime)
    setTime(wanted)
    save.mutate({ updatePolicy: { mode, time: mode === 'at-time' ? wanted : null } })
  }
  return (
    <Panel title={text.updates} about={text.updatesAbout}>
      <Stack>
        <ChoiceCards
          legend={text.updateWhen}
          name="update-policy"
          value={present.mode}
          onChange={value => {
            const mode = updatePolicies.find(known => known === value)
            if (mode) choose(mode)
          }}
          choices={updatePolicies.map(mode => ({ value: mode, label: text.updatePolicies[mode] }))}
        />
        {present.mode === 'at-time' && (
          <TextField
            label={text.updateTime}
            value={time}
            onChange={next => {
              setTime(next)
              if (isTime(next)) save.mutate({ updatePolicy: { mode: 'at-time', time: next } })
            }}
            placeholder={firstTime}
            error={isTime(time) ? undefined : text.updateTimeWanted}
          />
        )}
        <ProblemNotice error={save.error} />
      </Stack>
    </Panel>
  )
}

/** What players see without an account. */
export function PublicPage({ server }: { server: Server }) {
  const save = useChange(server)
  const shown = (save.isPending ? save.variables.publicPage : undefined) ?? server.publicPage
  return (
    <Panel title={text.publicPage}>
      <Stack>
        <Checkbox
          label={text.showPublicPage}
          hint={text.showPublicPageHint}
          checked={shown}
          onChange={publicPage => save.mutate({ publicPage })}
        />
        {server.publicPage && (
          <Row>
            <AnchorButton
              href={`/play/${server.id}`}
              target="_blank"
              rel="noreferrer"
              small
              icon={ExternalLink}
            >
              {text.openPublicPage}
            </AnchorButton>
          </Row>
        )}
        <ProblemNotice error={save.error} />
      </Stack>
    </Panel>
  )
}
