import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../api/call.ts'
import { overlaysQuery } from '../../api/queries.ts'
import { refreshServerContent } from '../../api/settings-queries.ts'
import { messages } from '../../messages/messages.ts'
import { useMe } from '../../session/session.ts'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Checkbox, ChoiceCards } from '../../ui/choices.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Form } from '../../ui/field.tsx'
import { Stack } from '../../ui/layout.tsx'
import { Hint, Notice } from '../../ui/notice.tsx'
import { Loading } from '../../ui/progress.tsx'

const text = messages.promote

/** Copies a change of one server into an overlay, so that others can have it too. */
export function PromoteDialog({
  serverId,
  path,
  onClose,
}: {
  serverId: number
  path: string
  onClose: () => void
}) {
  const me = useMe()
  const queries = useQueryClient()
  const overlays = useQuery(overlaysQuery)
  const [chosen, setChosen] = useState('')
  const [remove, setRemove] = useState(false)
  const mine = (overlays.data ?? []).filter(
    ({ kind, ownerId }) => kind === 'upload' && (me.role === 'admin' || ownerId === me.id),
  )
  const overlayId = Number(chosen || mine[0]?.id)
  const name = mine.find(({ id }) => id === overlayId)?.name ?? ''
  const promote = useMutation({
    mutationFn: () =>
      call('promoteServerFile', { params: { id: serverId }, body: { path, overlayId, remove } }),
    onSuccess: async () => {
      await Promise.all([
        refreshServerContent(queries, serverId),
        queries.invalidateQueries({ queryKey: overlaysQuery.queryKey }),
        queries.invalidateQueries({ queryKey: ['overlay', overlayId] }),
      ])
    },
  })
  return (
    <Dialog open onClose={onClose} title={text.title} about={text.about}>
      {promote.isSuccess ? (
        <Stack>
          <Notice tone="good" title={text.done(name)}>
            {text.doneAbout}
          </Notice>
          <DialogActions>
            <Button onClick={onClose}>{messages.actions.close}</Button>
            <LinkButton to="/overlays/$overlayId" params={{ overlayId }} kind="primary">
              {text.toOverlay}
            </LinkButton>
          </DialogActions>
        </Stack>
      ) : (
        <Form onSubmit={() => mine.length > 0 && !promote.isPending && promote.mutate()}>
          {overlays.isPending && <Loading label={messages.loading} />}
          {overlays.data && mine.length === 0 && <Hint title={text.none}>{text.noneHint}</Hint>}
          {mine.length > 0 && (
            <>
              <ChoiceCards
                legend={text.into}
                name="overlay"
                value={String(overlayId)}
                onChange={setChosen}
                choices={mine.map(overlay => ({ value: String(overlay.id), label: overlay.name }))}
              />
              <Checkbox label={text.remove} hint={text.removeHint} checked={remove} onChange={setRemove} />
            </>
          )}
          <ProblemNotice error={promote.error} />
          <DialogActions>
            <Button onClick={onClose}>{messages.actions.cancel}</Button>
            {overlays.data && mine.length === 0 ? (
              <LinkButton to="/overlays/new" search={{ kind: 'upload' }} kind="primary">
                {messages.picker.make}
              </LinkButton>
            ) : (
              <Button type="submit" kind="primary" busy={promote.isPending}>
                {text.action}
              </Button>
            )}
          </DialogActions>
        </Form>
      )}
    </Dialog>
  )
}
