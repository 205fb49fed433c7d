import type { Player } from '@left4me/contract'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'

export interface Removal {
  readonly how: 'kick' | 'ban'
  readonly player: Player
}

interface RemovePlayerProps {
  serverId: number
  removal: Removal | null
  onClose: () => void
}

/** Asks before somebody is kicked or banned. */
export function RemovePlayer({ serverId, removal, onClose }: RemovePlayerProps) {
  return (
    removal && (
      <Question
        key={`${removal.how}${removal.player.userId}`}
        serverId={serverId}
        removal={removal}
        onClose={onClose}
      />
    )
  )
}

const { banTimes, ...text } = messages.overview
/** Minutes; 0 is for good. */
const banChoices = [
  { value: '60', label: banTimes.hour },
  { value: '1440', label: banTimes.day },
  { value: '10080', label: banTimes.week },
  { value: '0', label: banTimes.ever },
]

function Question({
  serverId,
  removal: { how, player },
  onClose,
}: {
  serverId: number
  removal: Removal
  onClose: () => void
}) {
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState('60')
  const remove = useMutation({
    mutationFn: () => {
      const params = { id: serverId, userId: player.userId }
      const given = reason.trim() ? { reason: reason.trim() } : {}
      return how === 'kick'
        ? call('kickPlayer', { params, body: given })
        : call('banPlayer', { params, body: { minutes: Number(minutes), ...given } })
    },
    onSuccess: onClose,
  })
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={how === 'kick' ? text.kickTitle(player.name) : text.banTitle(player.name)}
      action={how === 'kick' ? text.kick : text.ban}
      danger
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      error={<ProblemNotice error={remove.error} />}
    >
      <p>{how === 'kick' ? text.kickAbout : text.banAbout}</p>
      {how === 'ban' && (
        <SelectField label={text.banFor} value={minutes} onChange={setMinutes} choices={banChoices} />
      )}
      <TextField
        label={text.reason}
        value={reason}
        onChange={setReason}
        maxLength={100}
        hint={text.reasonHint}
        optional
      />
    </ConfirmDialog>
  )
}
