import { type CorruptRowError, readableRows } from '../db/json-column.ts'
import { endpoints } from '../http/endpoints.ts'
import { listOfPage, pageOf } from '../http/page.ts'
import { ProblemError } from '../http/problem-error.ts'
import { listOfNames } from '../servers/list-of-names.ts'
import type { BuildQueue } from './build-queue.ts'
import { refuseScript } from './code-rules.ts'
import { initialFields, refuseForeignFields } from './kind-fields.ts'
import { overlayAnswers } from './overlay-answers.ts'
import type { OverlayContext } from './overlay-context.ts'
import { type OverlayRecord, overlayOfRow, type Viewer } from './overlay-rows.ts'
import type { OverlayUses } from './overlay-uses.ts'
import { listScripts } from './script-history.ts'

export function overlayEndpoints(context: OverlayContext, builds: BuildQueue) {
  const { db, overlays, jobs, host, users, news, onLayersChanged, log } = context

  const answer = async (caller: Viewer, record: OverlayRecord) => {
    const [overlay] = await overlayAnswers(context, caller, [record])
    if (overlay === undefined) throw new ProblemError('not-found', `There is no overlay ${record.id}.`)
    return overlay
  }

  return endpoints({
    async listOverlays({ caller, query }) {
      const page = pageOf(query)
      const { items, nextCursor } = listOfPage(await overlays.list(caller, page), page, row => row)
      const records = readableRows(items, overlayOfRow, (error: CorruptRowError) =>
        log.error({ err: error }, 'an overlay was left out of the list'),
      )
      return { items: await overlayAnswers(context, caller, records), nextCursor }
    },

    async createOverlay({ caller, body }) {
      const { name, kind, shared = false } = body
      if (kind === 'script') refuseScript(caller, '/kind')
      refuseForeignFields(kind, body)
      const ownerId = caller.userId
      const record = await overlays.insert(
        { name, kind, shared, ownerId, ...initialFields(body) },
        caller.userId,
      )
      news.changed(record)
      return answer(caller, record)
    },

    async getOverlay({ params, caller }) {
      return answer(caller, await overlays.get(params.id))
    },

    async changeOverlay({ params, caller, body }) {
      const before = await overlays.get(params.id)
      refuseForeignFields(before.kind, body)
      if (body.script !== undefined && body.script !== before.script) refuseScript(caller)
      const record = await overlays.change(params.id, body, caller.userId)
      news.changed(record, before)
      return answer(caller, record)
    },

    async deleteOverlay({ params, note }) {
      const record = await overlays.get(params.id)
      const job = jobs.open({ overlayId: record.id })
      if (job !== null) {
        throw new ProblemError(
          'in-use',
          `“${job.title}” is under way. Delete the overlay “${record.name}” when that has ended, or cancel it.`,
        )
      }
      const running = users.running(record.id)
      await overlays.removeUnless(record.id, uses => refusalToDelete(record, uses, running))
      note({ detail: record.name })
      news.deleted(record)
      context.drafts.forget(record.id)
      onLayersChanged()
      // Nothing refers to its files any more, and its number is never used again: left files are waste, not a fault.
      await host.overlays
        .removeOverlay(record.id)
        .catch((error: unknown) => log.warn({ err: error, overlayId: record.id }, 'files of an overlay stay'))
      return undefined
    },

    async buildOverlay({ params, caller }) {
      const job = await builds.request(params.id, caller)
      news.changed(await overlays.get(params.id))
      return { job }
    },

    async listOverlayScripts({ params }) {
      return { items: await listScripts(db, params.id), nextCursor: null }
    },
  })
}

function refusalToDelete(
  record: OverlayRecord,
  { blueprints, servers }: OverlayUses,
  running: readonly string[],
): ProblemError | null {
  const direct = servers.filter(server => server.direct).map(server => server.name)
  const users = [
    ...(blueprints.length === 0
      ? []
      : [
          listOfNames(
            'blueprint',
            blueprints.map(({ name }) => name),
          ),
        ]),
    ...(direct.length === 0 ? [] : [listOfNames('server', direct)]),
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
