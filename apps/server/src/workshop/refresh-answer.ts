import type { JobState, WorkshopRefresh } from '@left4me/contract'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { OverlayRecord, OverlayRows, Viewer } from '../overlays/overlay-rows.ts'
import { type RefreshedOverlay, RefreshRows } from './refresh-rows.ts'
import { type ServerOfOverlay, serversOfOverlays } from './servers-of-overlay.ts'

type AnsweredOverlay = WorkshopRefresh['overlays'][number]

/**
 * What the last refresh found, as far as somebody may see it: overlays that they may use, or that a server of theirs
 * takes, and their own servers. What became of the builds, and who gets what, is told as it is now.
 */
export async function refreshAnswer(
  {
    db,
    jobs,
    overlays,
  }: {
    readonly db: Kysely<Database>
    readonly jobs: Pick<JobQueue, 'open'>
    readonly overlays: Pick<OverlayRows, 'byIds'>
  },
  viewer: Viewer,
): Promise<WorkshopRefresh> {
  const running = jobs.open({ kind: 'workshop-refresh' })
  const last = await new RefreshRows(db).last()
  if (last === null) return { jobId: running?.id ?? null, finishedAt: null, overlays: [] }
  const ids = last.overlays.map(({ overlayId }) => overlayId)
  const [known, servers, builds] = await Promise.all([
    overlays.byIds(ids),
    serversOfOverlays(db, ids),
    buildsOf(db, last.overlays),
  ])
  return {
    jobId: running?.id ?? last.jobId,
    finishedAt: new Date(last.finishedAt).toISOString(),
    overlays: last.overlays.flatMap(found => {
      const record = known.get(found.overlayId)
      const seen = (servers.get(found.overlayId) ?? []).filter(server => seesServer(viewer, server))
      if (record === undefined || !(seesOverlay(viewer, record) || seen.length > 0)) return []
      const build = found.buildJobId === null ? undefined : builds.get(found.buildJobId)
      return [answerOf(found, record, build, seen)]
    }),
  }
}

interface Build {
  readonly state: JobState
  readonly message: string | null
}

function answerOf(
  found: RefreshedOverlay,
  record: OverlayRecord,
  build: Build | undefined,
  servers: readonly ServerOfOverlay[],
): AnsweredOverlay {
  const { outcome, message } = outcomeOf(found, record, build)
  return {
    overlayId: record.id,
    name: record.name,
    outcome,
    buildJobId: found.buildJobId,
    revision: record.revision,
    changed: found.changed.map(({ id, title }) => ({ id, title })),
    message,
    servers: servers.map(({ serverId, name, gets }) => ({ serverId, name, gets })),
  }
}

/** A build's row may have been pruned by now: the overlay's revision tells as well. */
function outcomeOf(
  found: RefreshedOverlay,
  { revision }: OverlayRecord,
  build: Build | undefined,
): Pick<AnsweredOverlay, 'outcome' | 'message'> {
  if (found.failed) return { outcome: 'failed', message: found.message }
  if (found.buildJobId === null) return { outcome: 'unchanged', message: found.message }
  if (build?.state === 'queued' || build?.state === 'running') return { outcome: 'building', message: null }
  if (build?.state === 'failed') return { outcome: 'failed', message: build.message }
  if (build?.state === 'cancelled') return { outcome: 'failed', message: 'The build was cancelled.' }
  return (revision ?? 0) > (found.before ?? 0)
    ? { outcome: 'published', message: null }
    : { outcome: 'unchanged', message: 'What was built is what was there already.' }
}

async function buildsOf(
  db: Kysely<Database>,
  overlays: readonly RefreshedOverlay[],
): Promise<Map<number, Build>> {
  const ids = overlays.flatMap(({ buildJobId }) => buildJobId ?? [])
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('jobs').select(['id', 'state', 'error']).where('id', 'in', ids).execute()
  return new Map(rows.map(({ id, state, error }) => [id, { state, message: messageOf(error) }]))
}

function messageOf(error: string | null): string | null {
  if (error === null) return null
  const value = JSON.parse(error) as { message?: unknown; remedy?: unknown } | null
  const parts = [value?.message, value?.remedy].filter(part => typeof part === 'string')
  return parts.length === 0 ? null : parts.join(' ')
}

const seesOverlay = (viewer: Viewer, { shared, ownerId }: OverlayRecord) =>
  viewer.role === 'admin' || shared || ownerId === viewer.userId
const seesServer = (viewer: Viewer, { ownerId }: ServerOfOverlay) =>
  viewer.role === 'admin' || ownerId === viewer.userId
