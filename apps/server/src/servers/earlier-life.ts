import type { StateReason } from '@left4me/contract'
import type { Kysely } from 'kysely'
import { isRecord } from '../db/json-column.ts'
import type { Database } from '../db/schema.ts'

/** What the job rows of an earlier life of the web application say about servers. */
export interface EarlierLife {
  /** Servers whose start was cut off, and will be taken up again: that they answer is yet to be seen. */
  readonly starting: ReadonlySet<number>
  /** Why the last start of a server failed, where nothing succeeded since. */
  readonly failures: ReadonlyMap<number, StateReason>
}

const powerKinds = ['server-start', 'server-stop', 'server-restart', 'installation-switch'] as const

export async function earlierLife(db: Kysely<Database>): Promise<EarlierLife> {
  const rows = await db
    .selectFrom('jobs')
    .select(['server_id', 'kind', 'state', 'error'])
    .where('id', 'in', eb =>
      eb
        .selectFrom('jobs')
        .select(({ fn }) => fn.max('id').as('id'))
        .where('kind', 'in', powerKinds)
        .where('server_id', 'is not', null)
        .groupBy('server_id'),
    )
    .execute()
  const starting = new Set<number>()
  const failures = new Map<number, StateReason>()
  for (const { server_id: id, kind, state, error } of rows) {
    if (id === null || kind === 'server-stop') continue
    if (state === 'queued' || state === 'running') starting.add(id)
    const reason = state === 'failed' ? reasonOf(error) : null
    if (reason !== null) failures.set(id, reason)
  }
  return { starting, failures }
}

/** A damaged one is no reason to show, and none to fail. */
function reasonOf(text: string | null): StateReason | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    if (!isRecord(value)) return null
    const { code, message, remedy } = value
    if (typeof code !== 'string' || typeof message !== 'string') return null
    return { code, message, remedy: typeof remedy === 'string' ? remedy : null }
  } catch {
    return null
  }
}
