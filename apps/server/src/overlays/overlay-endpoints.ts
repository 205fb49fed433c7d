import { limits, type Overlay } from '@left4me/contract'
import { HostError, type OverlayStore } from '@left4me/host'
import type { FastifyBaseLogger } from 'fastify'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import { endpoints } from '../http/endpoints.ts'
import { listOfPage, pageOf } from '../http/page.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import { listOfNames } from '../servers/list-of-names.ts'
import { serverConfigPath } from '../servers/settings/server-config.ts'
import { enqueueBuild } from './overlay-build.ts'
import type { OverlayRecord, OverlayRows, OverlayUses } from './overlay-rows.ts'
import { refuseBeyondDraft, refuseCodePath, withoutCode } from './upload-rules.ts'

export interface OverlayEndpointsDependencies {
  readonly db: Kysely<Database>
  readonly overlays: OverlayRows
  readonly store: () => OverlayStore
  readonly jobs: JobQueue
  /** Names of servers that run with a revision of the overlay, whatever their settings say by now. */
  readonly runningWith: (overlayId: number) => string[]
  readonly log: FastifyBaseLogger
}

export function overlayEndpoints(dependencies: OverlayEndpointsDependencies) {
  const { db, overlays, store, jobs, runningWith, log } = dependencies

  const answer = async (record: OverlayRecord): Promise<Overlay> => ({
    id: record.id,
    name: record.name,
    kind: record.kind,
    ownerId: record.ownerId,
    shared: record.shared,
    revision: record.revision,
    draftFiles: (await store().listDraft(record.id)).length,
    createdAt: new Date(record.createdAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
  })

  return endpoints({
    async listOverlays({ caller, query }) {
      const page = pageOf(query)
      const { items, nextCursor } = listOfPage(await overlays.list(caller, page), page, record => record)
      return { items: await Promise.all(items.map(answer)), nextCursor }
    },

    async createOverlay({ caller, body }) {
      const { name, kind, shared = false } = body
      return answer(await overlays.insert({ name, kind, shared, ownerId: caller.userId }))
    },

    async getOverlay({ params }) {
      return answer(await overlays.get(params.id))
    },

    async changeOverlay({ params, body }) {
      return answer(await overlays.change(params.id, body))
    },

    async deleteOverlay({ params, note }) {
      const record = await overlays.get(params.id)
      if (jobs.open({ overlayId: record.id })) {
        throw new ProblemError(
          'in-use',
          `The overlay “${record.name}” is being built. Delete it when that has ended, or cancel the build.`,
        )
      }
      const running = runningWith(record.id)
      await overlays.removeUnless(record.id, uses => refusalToDelete(record, uses, running))
      note({ detail: record.name })
      // Nothing refers to its files any more, and its number is never used again: left files are waste, not a fault.
      await store()
        .removeOverlay(record.id)
        .catch((error: unknown) => log.warn({ err: error, overlayId: record.id }, 'files of an overlay stay'))
      return undefined
    },

    async listOverlayFiles({ params }) {
      return { items: await store().listDraft(params.id), nextCursor: null }
    },

    async putOverlayFile({ params, query, caller, request, note }) {
      refuseCodePath(caller, query.path)
      refuseBeyondDraft(await store().listDraft(params.id), query.path)
      const content = withoutCode(caller, request.raw)
      try {
        const file = await store().putDraft(params.id, query.path, content, limits.uploadedFile)
        note({ detail: file.path })
        return file
      } catch (error) {
        // What we refused in the middle of the content comes back as the host's failure to write it.
        throw error instanceof HostError && error.cause instanceof ProblemError ? error.cause : error
      }
    },

    async deleteOverlayFile({ params, query, note }) {
      await store().removeDraft(params.id, query.path)
      note({ detail: query.path })
      return undefined
    },

    async buildOverlay({ params }) {
      const draft = await store().listDraft(params.id)
      if (draft.length === 0) {
        throw new ProblemError('action-not-allowed', 'The draft has no files. Put some into it first.')
      }
      const config = draft.find(file => file.path === serverConfigPath)
      if (config && config.size > limits.overlayConfig) {
        throw new ProblemError(
          'body-too-large',
          `${config.path} has ${config.size} bytes, and may have at most ${limits.overlayConfig}. Shorten it first.`,
        )
      }
      return { job: await enqueueBuild(db, jobs, overlays, params.id) }
    },
  })
}

function refusalToDelete(
  record: OverlayRecord,
  { blueprints, servers }: OverlayUses,
  running: readonly string[],
): ProblemError | null {
  const users = [
    ...(blueprints.length === 0 ? [] : [listOfNames('blueprint', blueprints)]),
    ...(servers.length === 0 ? [] : [listOfNames('server', servers)]),
  ]
  if (users.length > 0) {
    return new ProblemError(
      'in-use',
      `The overlay “${record.name}” is used by ${users.join(' and ')}. Take it out there first.`,
    )
  }
  if (running.length === 0) return null
  return new ProblemError(
    'in-use',
    `The overlay “${record.name}” is still mounted by ${listOfNames('running server', running)}. Restart or stop it first.`,
  )
}
