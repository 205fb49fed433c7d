import type { Server } from '@left4me/contract'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { campaigns, findMap, mapTitle } from '../game/campaigns.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { ChoiceCards } from '../ui/choices.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { Form, SelectField } from '../ui/field.tsx'
import { Columns } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Poster } from '../ui/poster.tsx'
import { Tile } from '../ui/pressable.tsx'
import { announce } from '../ui/toast.tsx'

const text = messages.changeMap

/** Changes the map of a running server by its console. */
export function ChangeMapDialog({ server, onClose }: { server: Server; onClose: () => void }) {
  const present = server.map === null ? undefined : findMap(server.map)
  const [prefix, setPrefix] = useState(present?.campaign.prefix ?? 'c1')
  const campaign = campaigns.find(known => known.prefix === prefix)
  const [map, setMap] = useState(present ? (server.map ?? '') : (campaign?.maps[0] ?? ''))
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
  return (
    <Dialog open onClose={onClose} title={text.title} width="wide">
      <Form onSubmit={() => change.mutate()}>
        <Columns min="xs" gap={2}>
          {campaigns.map(known => (
            <Tile
              key={known.prefix}
              picture={<Poster map={known.maps[0] ?? null} seed={known.name} size="wide" />}
              pressed={known.prefix === prefix}
              onClick={() => {
                setPrefix(known.prefix)
                setMap(known.maps[0] ?? '')
              }}
            >
              {known.name}
            </Tile>
          ))}
        </Columns>
        <SelectField
          label={text.chapter}
          value={map}
          onChange={setMap}
          choices={(campaign?.maps ?? []).map((known, index) => ({
            value: known,
            label: `${index + 1} · ${mapTitle(known)}`,
          }))}
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
        <DialogActions>
          <Button onClick={onClose}>{messages.actions.cancel}</Button>
          <Button type="submit" kind="primary" busy={change.isPending}>
            {text.action}
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}
