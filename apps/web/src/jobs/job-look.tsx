import type { JobState } from '@left4me/contract'
import { CircleCheck, CircleSlash, CircleX, Clock, LoaderCircle, type LucideIcon } from 'lucide-react'
import { messages } from '../messages/messages.ts'
import { Badge } from '../ui/badge.tsx'
import type { Tone } from '../ui/tone.ts'

const looks: Record<JobState, { tone: Tone; icon: LucideIcon }> = {
  queued: { tone: 'neutral', icon: Clock },
  running: { tone: 'accent', icon: LoaderCircle },
  succeeded: { tone: 'good', icon: CircleCheck },
  failed: { tone: 'broken', icon: CircleX },
  cancelled: { tone: 'neutral', icon: CircleSlash },
}

export function JobStateBadge({ state }: { state: JobState }) {
  const { tone, icon } = looks[state]
  return (
    <Badge tone={tone} icon={icon} moving={state === 'running'}>
      {messages.jobStates[state]}
    </Badge>
  )
}

export function isOver(state: JobState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}
