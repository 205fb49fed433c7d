import type { Job } from '@left4me/contract'
import type { RevisionSummary } from '@left4me/host'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { JobDefinition, NewJob } from '../jobs/job-definition.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { ResolveItems } from '../overlays/overlay-context.ts'
import type { OverlayRecord, OverlayRows } from '../overlays/overlay-rows.ts'
import { changedItems } from './changed-items.ts'
import { type RefreshedOverlay, RefreshRows } from './refresh-rows.ts'
import { serversOfOverlays } from './servers-of-overlay.ts'
import type { WorkshopCatalog } from './workshop-catalog.ts'

export interface WorkshopRefreshDependencies {
  readonly db: Kysely<Database>
  readonly overlays: Pick<OverlayRows, 'ids' | 'byIds'>
  readonly newestRevisions: (overlayIds: readonly number[]) => Promise<Map<number, RevisionSummary>>
  readonly catalog: Pick<WorkshopCatalog, 'lookUp'>
  readonly resolveItems: ResolveItems
  /** Rejects with a ProblemError for what can't be built. */
  readonly requestBuild: (overlayId: number) => Promise<Job>
}

export const refreshJob = {
  kind: 'workshop-refresh',
  input: {},
  title: 'Look for new versions of Workshop items',
  locks: [{ scope: 'workshop-refresh', mode: 'exclusive' }],
  ownerId: null,
  mergeKey: 'workshop-refresh',
} as const satisfies NewJob<'workshop-refresh'>

/** One at a time: a refresh that waits or runs already is answered instead. */
export async function requestRefresh(jobs: JobQueue): Promise<Job> {
  return jobs.open({ kind: 'workshop-refresh' }) ?? jobs.enqueue(refreshJob)
}

const serverPhrases = {
  'at-next-start': 'takes it at its next start',
  'when-accepted': 'takes it once its owner accepts it',
  held: 'stays on the revision that it has',
} as const

/**
 * Asks Steam about the items of every Workshop overlay, and for a build of each overlay whose items aren't those of its
 * newest revision any more. The builds are jobs of their own, so that one that takes long or fails keeps no other from
 * being built. Safe to run again: what is built already has not changed any more.
 */
export function workshopRefresh(
  dependencies: WorkshopRefreshDependencies,
): JobDefinition<'workshop-refresh'> {
  const { db, overlays, newestRevisions, catalog } = dependencies
  return {
    cancellable: true,
    async run({ jobId, signal, progress, result, log }) {
      const records = [...(await overlays.byIds(await overlays.ids('workshop'))).values()]
      const newest = await newestRevisions(records.map(({ id }) => id))
      progress(0, 'asking Steam about the items')
      // All at once; should Steam not answer, the refresh fails as a whole, and what is published stays.
      await catalog.lookUp(allIds(records, newest), { maxAge: 0, allowStale: false, signal })
      const servers = await serversOfOverlays(
        db,
        records.map(({ id }) => id),
      )
      const found: RefreshedOverlay[] = []
      for (const record of records) {
        signal.throwIfAborted()
        progress(found.length / records.length, `comparing “${record.name}”`)
        const refreshed = await refresh(dependencies, record, newest.get(record.id), { onNote: log, signal })
        found.push(refreshed)
        log(sentenceOf(refreshed))
        if (refreshed.buildJobId === null) continue
        for (const { name, gets } of servers.get(record.id) ?? []) {
          log(`  Server “${name}” ${serverPhrases[gets]}.`)
        }
      }
      await new RefreshRows(db).put({ jobId, finishedAt: Date.now(), overlays: found })
      const failed = found.filter(overlay => overlay.failed).length
      const built = found.filter(({ buildJobId }) => buildJobId !== null).length
      result(
        `${found.length} overlays looked at, ${built} with new items being built` +
          (failed === 0 ? '.' : `, ${failed} that could not be refreshed.`),
      )
    },
  }
}

async function refresh(
  { resolveItems, requestBuild }: WorkshopRefreshDependencies,
  record: OverlayRecord,
  newest: RevisionSummary | undefined,
  how: Omit<Parameters<ResolveItems>[1], 'previous'>,
): Promise<RefreshedOverlay> {
  const none: RefreshedOverlay = {
    overlayId: record.id,
    name: record.name,
    before: record.revision,
    changed: [],
    buildJobId: null,
    failed: false,
    message: null,
  }
  if (newest === undefined) return { ...none, message: 'It has never been built.' }
  try {
    const changed = changedItems(
      newest.sources,
      await resolveItems(record.workshopIds ?? [], { ...how, previous: newest.sources }),
    )
    if (changed.length === 0) return none
    try {
      return { ...none, changed, buildJobId: (await requestBuild(record.id)).id }
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      return { ...none, changed, failed: true, message: error.message }
    }
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return { ...none, failed: true, message: error.message }
  }
}

function allIds(records: readonly OverlayRecord[], newest: ReadonlyMap<number, RevisionSummary>): string[] {
  return records.flatMap(({ id, workshopIds }) => {
    const summary = newest.get(id)
    return summary === undefined ? [] : [...(workshopIds ?? []), ...summary.sources.map(source => source.id)]
  })
}

function sentenceOf({ name, changed, failed, message }: RefreshedOverlay): string {
  if (failed) return `“${name}” keeps its revision: ${message}`
  if (changed.length === 0) return `“${name}”: ${message ?? 'nothing new.'}`
  const titles = changed.slice(0, 5).map(({ id, title }) => title ?? id)
  const more = changed.length > titles.length ? ` and ${changed.length - titles.length} more` : ''
  return `“${name}” is built anew: ${titles.join(', ')}${more}.`
}
