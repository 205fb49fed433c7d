import type { FastifyBaseLogger } from 'fastify'
import type { Kysely } from 'kysely'
import { readableRows } from '../db/json-column.ts'
import type { Database } from '../db/schema.ts'
import { endpoints } from '../http/endpoints.ts'
import { listOfPage, pageOf } from '../http/page.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { OverlayRows } from '../overlays/overlay-rows.ts'
import { refuseUnusableOverlays } from '../overlays/usable-overlays.ts'
import { listOfNames } from '../servers/list-of-names.ts'
import { refuseReservedSettings } from '../servers/settings/refuse-reserved-settings.ts'
import { answerOfBlueprint, type BlueprintRows, blueprintOfRow } from './blueprint-rows.ts'
import { readBlueprintText, writeBlueprintText } from './blueprint-text.ts'
import { definitionOf, importBlueprint } from './blueprint-transfer.ts'

export function blueprintEndpoints(dependencies: {
  readonly db: Kysely<Database>
  readonly blueprints: BlueprintRows
  readonly overlays: OverlayRows
  readonly onChange: () => void
  readonly log: FastifyBaseLogger
}) {
  const { db, blueprints, overlays, onChange, log } = dependencies
  return endpoints({
    async listBlueprints({ caller, query }) {
      const page = pageOf(query)
      const { items, nextCursor } = listOfPage(await blueprints.list(caller, page), page, row => row)
      const records = readableRows(items, blueprintOfRow, error =>
        log.error({ err: error }, 'a blueprint was left out of the list'),
      )
      return { items: records.map(answerOfBlueprint), nextCursor }
    },

    async createBlueprint({ caller, body }) {
      refuseReservedSettings(body)
      const { overlayIds = [], description = '', shared = false } = body
      await refuseUnusableOverlays(overlays, caller, overlayIds)
      const record = await blueprints.insert({
        ownerId: caller.userId,
        name: body.name,
        description,
        shared,
        overlayIds,
        arguments: body.arguments ?? [],
        config: body.config ?? [],
      })
      return answerOfBlueprint(record)
    },

    async getBlueprint({ params }) {
      return answerOfBlueprint(await blueprints.get(params.id))
    },

    async changeBlueprint({ params, caller, body }) {
      refuseReservedSettings(body)
      const before = await blueprints.get(params.id)
      if (body.overlayIds) await refuseUnusableOverlays(overlays, caller, body.overlayIds, before.overlayIds)
      const record = await blueprints.change(params.id, body)
      onChange()
      return answerOfBlueprint(record)
    },

    async deleteBlueprint({ params, note }) {
      const { name } = (await blueprints.titleOf(params.id)) ?? { name: '' }
      if (params.id === (await blueprints.defaultId())) {
        throw new ProblemError(
          'in-use',
          `“${name}” is what servers are made from when no blueprint is named, so it can't be deleted. Change it instead.`,
        )
      }
      await blueprints.removeUnless(params.id, servers =>
        servers.length === 0
          ? null
          : new ProblemError(
              'in-use',
              `The blueprint “${name}” is used by ${listOfNames('server', servers)}. Give ${servers.length === 1 ? 'it' : 'them'} another blueprint first.`,
            ),
      )
      note({ detail: name })
      return undefined
    },

    async exportBlueprint({ params, caller }) {
      return writeBlueprintText(await definitionOf(db, caller, await blueprints.get(params.id)))
    },

    async importBlueprint({ caller, body, note }) {
      const imported = await importBlueprint({ db, blueprints }, caller, readBlueprintText(body.text))
      note({ target: `blueprint:${imported.blueprint.id}`, detail: imported.blueprint.name })
      return imported
    },
  })
}
