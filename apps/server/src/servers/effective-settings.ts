import { createHash } from 'node:crypto'
import { limits } from '@left4me/contract'
import { HostError, type LayerReference, type OverlayStore } from '@left4me/host'
import type { BlueprintRecord, BlueprintRows } from '../blueprints/blueprint-rows.ts'
import { CorruptRowError } from '../db/json-column.ts'
import { ProblemError } from '../http/problem-error.ts'
import { JobFailure } from '../jobs/job-failure.ts'
import type { OverlayRows } from '../overlays/overlay-rows.ts'
import type { ServerRecord } from './server-directory.ts'
import { mergeArguments } from './settings/launch-arguments.ts'
import { refuseReservedSettings } from './settings/refuse-reserved-settings.ts'
import { type ConfigParts, serverConfigPath } from './settings/server-config.ts'

/** What a server would be started with now: its own settings on top of its blueprint's. */
export interface EffectiveSettings {
  readonly serverName: string
  readonly port: number
  readonly arguments: readonly string[]
  /** Uppermost first: the server's own overlays, then those of the blueprint that it doesn't name itself. */
  readonly layers: readonly (LayerReference & { readonly name: string })[]
  readonly blueprintConfig: readonly string[]
  readonly serverConfig: readonly string[]
}

/** An overlay's own server.cfg. */
export interface OverlayConfig {
  readonly overlayId: number
  readonly content: Uint8Array
}

export interface EffectiveSettingsDependencies {
  readonly blueprints: BlueprintRows
  readonly overlays: OverlayRows
  readonly store: () => Pick<OverlayStore, 'readFile'>
}

/**
 * Merges a server's settings with its blueprint's and picks the revision of each overlay that the server stays on, else the newest. Rejects with what keeps
 * the server from being started: `unknown-overlay` (gone, or never built), `unknown-blueprint`, `reserved-setting`
 * (a row of an older version may hold what is reserved by now), or a JobFailure for a damaged row.
 */
export async function resolveSettings(
  { blueprints, overlays }: EffectiveSettingsDependencies,
  record: ServerRecord,
): Promise<EffectiveSettings> {
  if (record.damage !== null) {
    throw new JobFailure('corrupt-row', record.damage, 'Save the server’s arguments and config again.')
  }
  const blueprint = await blueprintOf(blueprints, record)
  refuseReservedSettings(record, 'of the server')
  if (blueprint) refuseReservedSettings(blueprint, `of the blueprint “${blueprint.name}”`)
  const overlayIds = [...new Set([...record.overlayIds, ...(blueprint?.overlayIds ?? [])])]
  const known = await overlays.byIds(overlayIds)
  const held = await overlays.heldBy(record.id)
  return {
    serverName: record.name,
    port: record.port,
    arguments: mergeArguments(blueprint?.arguments ?? [], record.arguments),
    layers: overlayIds.map(overlayId => {
      const overlay = known.get(overlayId)
      if (overlay === undefined) {
        throw new ProblemError(
          'unknown-overlay',
          `Overlay ${overlayId} is gone. Take it out of the server’s or the blueprint’s overlays.`,
        )
      }
      const { name, revision } = overlay
      if (revision === null) {
        throw new ProblemError(
          'unknown-overlay',
          `The overlay “${name}” has never been built. Build it, or take it out of the server’s or the blueprint’s overlays.`,
        )
      }
      return { overlayId, revision: held.get(overlayId) ?? revision, name }
    }),
    blueprintConfig: blueprint?.config ?? [],
    serverConfig: record.config,
  }
}

/** The overlays' own files of that name, lowest layer first. Revisions never change, so that this is repeatable. */
export async function readOverlayConfigs(
  { store }: EffectiveSettingsDependencies,
  { layers }: EffectiveSettings,
): Promise<OverlayConfig[]> {
  const found = await Promise.all(
    layers.toReversed().map(async layer => {
      const content = await readConfig(store(), layer)
      return content === null ? [] : [{ overlayId: layer.overlayId, content }]
    }),
  )
  return found.flat()
}

export function configPartsOf(
  settings: EffectiveSettings,
  overlayConfigs: readonly Pick<OverlayConfig, 'overlayId'>[],
): ConfigParts {
  return {
    serverName: settings.serverName,
    overlaysWithConfig: overlayConfigs.map(({ overlayId }) => overlayId),
    blueprintConfig: settings.blueprintConfig,
    serverConfig: settings.serverConfig,
  }
}

/** Equal for settings that start the same server. */
export function fingerprintOf(settings: EffectiveSettings): string {
  const { serverName, port, blueprintConfig, serverConfig } = settings
  const layers = settings.layers.map(({ overlayId, revision }) => [overlayId, revision])
  const content = JSON.stringify([
    serverName,
    port,
    settings.arguments,
    layers,
    blueprintConfig,
    serverConfig,
  ])
  return createHash('sha256').update(content).digest('hex')
}

async function blueprintOf(blueprints: BlueprintRows, record: ServerRecord): Promise<BlueprintRecord | null> {
  if (record.blueprintId === null) return null
  try {
    const blueprint = await blueprints.find(record.blueprintId)
    if (blueprint !== null) return blueprint
  } catch (error) {
    if (!(error instanceof CorruptRowError)) throw error
    throw new JobFailure('corrupt-row', error.message, 'Give the server another blueprint.', error)
  }
  throw new ProblemError(
    'unknown-blueprint',
    `Blueprint ${record.blueprintId} is gone. Give the server another one.`,
  )
}

async function readConfig(
  store: Pick<OverlayStore, 'readFile'>,
  layer: EffectiveSettings['layers'][number],
): Promise<Uint8Array | null> {
  try {
    return await store.readFile(layer, serverConfigPath, limits.overlayConfig)
  } catch (error) {
    if (!(error instanceof HostError && error.code === 'file-too-large')) throw error
    throw new HostError(
      'file-too-large',
      `The overlay “${layer.name}” brings a server.cfg of more than ${limits.overlayConfig / 1024} KiB.`,
      { remedy: 'Shorten it and build the overlay again.', cause: error },
    )
  }
}
