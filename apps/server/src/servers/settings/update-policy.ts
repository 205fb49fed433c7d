import type { UpdatePolicy } from '@left4me/contract'
import { refuse } from '../../http/problem-error.ts'

/** Refuses a policy that doesn't say when. Of the other policies a time means nothing, and isn't kept. */
export function checkedPolicy({ mode, time }: UpdatePolicy): UpdatePolicy {
  if (mode !== 'at-time') return { mode, time: null }
  if (time !== null) return { mode, time }
  throw refuse(
    'invalid-input',
    '/updatePolicy/time',
    'A server that is updated at a time needs that time. Give it as HH:MM (UTC), or choose another policy.',
  )
}
