import { useQuery } from '@tanstack/react-query'
import { serverCampaignsQuery } from '../api/settings-queries.ts'
import { messages } from '../messages/messages.ts'
import { SelectField } from '../ui/field.tsx'
import { startMapChoices } from './playable-maps.ts'
import { startMapOf, withStartMap } from './start-map.ts'

const text = messages.settings

/** Chooses the argument `+map` from what the server's layers really hold. */
export function StartMap({
  serverId,
  words,
  onChange,
}: {
  serverId: number
  words: readonly string[]
  onChange: (words: string[]) => void
}) {
  const { data: library } = useQuery(serverCampaignsQuery(serverId))
  if (!library) return null
  const present = startMapOf(words)
  const choices = startMapChoices(library)
  const known = present === '' || choices.some(({ value }) => value === present)
  return (
    <SelectField
      label={text.startMap}
      value={present}
      onChange={map => onChange(withStartMap(words, map))}
      hint={text.startMapHint}
      choices={[
        { value: '', label: text.startMapNone },
        ...(known ? [] : [{ value: present, label: text.startMapOther(present) }]),
        ...choices,
      ]}
    />
  )
}
