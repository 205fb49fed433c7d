import type { Campaign, Server, ServerCampaigns } from '@left4me/contract'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { serverCampaignsQuery } from '../api/settings-queries.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { ChoiceCards } from '../ui/choices.tsx'
import { Dialog, DialogSubmit } from '../ui/dialog.tsx'
import { Form, SelectField } from '../ui/field.tsx'
import { Columns } from '../ui/layout.tsx'
import { Hint, Notice } from '../ui/notice.tsx'
import { Picture } from '../ui/picture.tsx'
import { Tile } from '../ui/pressable.tsx'
import { Loading } from '../ui/progress.tsx'
import { announce } from '../ui/toast.tsx'
import { chaptersOf, findChapter, firstMap } from './playable-maps.ts'

const text = messages.changeMap

/** Changes the map of a running server by its console, to one that its layers really hold. */
export function ChangeMapDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const campaigns = useQuery(serverCampaignsQuery(server.id))
  return (
    <Dialog open onClose={onClose} title={text.title} width="wide">
      <ProblemNotice error={campaigns.error} onRetry={() => void campaigns.refetch()} />
      {campaigns.isPending && <Loading label={messages.loading} />}
      {campaigns.data && <Choose server={server} library={campaigns.data} onClose={onClose} />}
    </Dialog>
  )
}

/** Stands for maps that no campaign lists. */
const loose = '\0loose'

function Choose({
  server,
  library,
  onClose,
}: {
  server: Server
  library: ServerCampaigns
  onClose: () => void
}) {
  const { campaigns, looseMaps } = library
  const present = server.map === null ? null : findChapter(campaigns, server.map)
  const [chosen, setChosen] = useState<string>(present?.campaign.id ?? campaigns[0]?.id ?? loose)
  const campaign = campaigns.find(({ id }) => id === chosen)
  const [mode, setMode] = useState(present?.mode ?? campaigns[0]?.modes[0]?.mode ?? '')
  const chapters = campaign ? chaptersOf(campaign, mode) : []
  const [map, setMap] = useState(present ? (server.map ?? '') : (firstMap(chapters) ?? looseMaps[0] ?? ''))
  const [how, setHow] = useState('changelevel')
  const change = useMutation({
    // `changelevel` keeps who is connected, `map` starts the game anew (Valve wiki, console commands).
    mutationFn: () => call('runCommand', { params: { id: server.id }, body: { command: `${how} ${map}` } }),
    onSuccess: ({ output }) => {
      if (output.trim() !== '') announce('neutral', text.answered, output.trim().slice(0, 500))
      onClose()
    },
  })
  // The engine may drop the console's connection on a change of the map: then the server's state is the answer.
  const waiting = isProblem(change.error, 'console-failed', 'server-not-answering')
  const changed = waiting && server.map === map
  useEffect(() => {
    if (changed) onClose()
  }, [changed, onClose])

  const choose = (next: Campaign) => {
    setChosen(next.id)
    const nextMode = next.modes.some(each => each.mode === mode) ? mode : (next.modes[0]?.mode ?? '')
    setMode(nextMode)
    setMap(firstMap(chaptersOf(next, nextMode)) ?? '')
  }
  const missing = chapters.find(chapter => chapter.map === map)?.present === false
  return (
    <Form onSubmit={() => map !== '' && !missing && change.mutate()}>
      {campaigns.length === 0 && looseMaps.length === 0 && <Hint title={text.nothing} />}
      <Columns min="xs" gap={2}>
        {campaigns.map(each => (
          <Tile
            key={each.id}
            picture={
              <Picture src={each.picture} map={each.modes[0]?.chapters[0]?.map ?? each.title} size="wide" />
            }
            pressed={each.id === chosen}
            onClick={() => choose(each)}
          >
            {each.title}
          </Tile>
        ))}
        {looseMaps.length > 0 && (
          <Tile
            picture={<Picture src={null} map={looseMaps[0] ?? ''} size="wide" />}
            pressed={chosen === loose}
            onClick={() => {
              setChosen(loose)
              setMap(looseMaps[0] ?? '')
            }}
          >
            {text.otherMaps}
          </Tile>
        )}
      </Columns>
      {campaign && campaign.modes.length > 1 && (
        <SelectField
          label={text.mode}
          value={mode}
          onChange={next => {
            setMode(next)
            setMap(firstMap(chaptersOf(campaign, next)) ?? '')
          }}
          choices={campaign.modes.map(each => ({ value: each.mode, label: each.mode }))}
        />
      )}
      <SelectField
        label={campaign ? text.chapter : text.otherMaps}
        value={map}
        onChange={setMap}
        choices={
          campaign
            ? chapters.map(chapter => ({
                value: chapter.map,
                label: chapter.present ? chapter.label : text.missing(chapter.label),
              }))
            : looseMaps.map(each => ({ value: each, label: each }))
        }
        error={missing ? text.missingHint : undefined}
      />
      <ChoiceCards
        legend={text.how}
        name="how"
        value={how}
        onChange={setHow}
        choices={[
          { value: 'changelevel', label: text.keep, about: text.keepAbout },
          { value: 'map', label: text.restart, about: text.restartAbout },
        ]}
      />
      {waiting ? <Notice tone="attention">{text.waiting}</Notice> : <ProblemNotice error={change.error} />}
      <DialogSubmit
        action={text.action}
        busy={change.isPending}
        disabledReason={map === '' ? text.nothing : missing ? text.missingHint : null}
        onCancel={onClose}
      />
    </Form>
  )
}
