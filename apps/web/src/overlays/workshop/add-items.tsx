import { limits, type ResolvedWorkshop } from '@left4me/contract'
import { useMutation } from '@tanstack/react-query'
import { Plus, Search } from 'lucide-react'
import { useState } from 'react'
import { call } from '../../api/call.ts'
import { formatBytes } from '../../format/numbers.ts'
import { messages } from '../../messages/messages.ts'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Button } from '../../ui/button.tsx'
import { TextArea } from '../../ui/field.tsx'
import { Row, Stack } from '../../ui/layout.tsx'
import { MediaList } from '../../ui/media.tsx'
import { Notice } from '../../ui/notice.tsx'
import { readPasted } from './read-workshop-ids.ts'
import { isUsable, WorkshopItemRow } from './workshop-item.tsx'

const text = messages.workshop

interface AddItemsProps {
  /** What the overlay has already. */
  present: readonly string[]
  busy: boolean
  /** Adds these ids; resolves when that is done. */
  onAdd: (ids: string[]) => Promise<unknown>
}

/** Paste, see what it is and how large, and only then add it. Not a form: it also stands within one. */
export function AddItems({ present, busy, onAdd }: AddItemsProps) {
  const [pasted, setPasted] = useState('')
  const look = useMutation({
    mutationFn: (items: string[]) => call('resolveWorkshop', { body: { items } }),
  })
  const wanted = readPasted(pasted)
  const tooMany = wanted.length > limits.workshopIds
  return (
    <Stack gap={4}>
      <TextArea
        label={text.addLabel}
        value={pasted}
        onChange={value => {
          setPasted(value)
          look.reset()
        }}
        rows={3}
        placeholder="https://steamcommunity.com/sharedfiles/filedetails/?id=…"
        hint={text.addHint}
        error={tooMany ? text.tooMany(limits.workshopIds) : undefined}
      />
      <Row>
        <Button
          icon={Search}
          busy={look.isPending}
          disabledReason={
            wanted.length === 0 ? text.pasteFirst : tooMany ? text.tooMany(limits.workshopIds) : null
          }
          onClick={() => look.mutate(wanted)}
        >
          {text.look}
        </Button>
      </Row>
      <ProblemNotice error={look.error} />
      {look.data && (
        <Found
          found={look.data}
          present={present}
          busy={busy}
          onAdd={async ids => {
            await onAdd(ids)
            setPasted('')
            look.reset()
          }}
        />
      )}
    </Stack>
  )
}

interface FoundProps extends AddItemsProps {
  found: ResolvedWorkshop
}

function Found({ found, present, busy, onAdd }: FoundProps) {
  const members = new Map(found.members.map(item => [item.id, item]))
  const usable = found.items.filter(item => isUsable(item) && !present.includes(item.id))
  const problems = [...found.items, ...found.members].filter(item => item.problem !== null).length
  return (
    <Stack gap={3}>
      {found.notice !== null && <Notice tone="attention">{found.notice}</Notice>}
      {problems > 0 && <Notice tone="attention">{text.problems(problems)}</Notice>}
      <MediaList label={text.found}>
        {found.items.map(item => (
          <WorkshopItemRow
            key={item.id}
            item={item}
            members={members}
            {...(present.includes(item.id) ? { note: text.already } : {})}
          />
        ))}
      </MediaList>
      <Row>
        <Button
          kind="primary"
          icon={Plus}
          busy={busy}
          disabledReason={usable.length === 0 ? text.nothingUsable : null}
          onClick={() => void onAdd(usable.map(({ id }) => id))}
        >
          {usable.length === 0
            ? text.add
            : text.addFound(
                usable.length,
                formatBytes(usable.reduce((sum, { size }) => sum + (size ?? 0), 0)),
              )}
        </Button>
      </Row>
    </Stack>
  )
}
