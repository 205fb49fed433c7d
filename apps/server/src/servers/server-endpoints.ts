import type { Job, PowerAction, Server } from '@left4me/contract'
import type { Host } from '@left4me/host'
import type { BlueprintRows } from '../blueprints/blueprint-rows.ts'
import { refuseUnusableBlueprint } from '../blueprints/usable-blueprint.ts'
import { endpoints } from '../http/endpoints.ts'
import { listOfPage, pageOf } from '../http/page.ts'
import { ProblemError } from '../http/problem-error.ts'
import { JobFailure } from '../jobs/job-failure.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { LiveServers } from '../live/live-servers.ts'
import { copyHeldLayers } from '../overlays/held-layers.ts'
import type { OverlayRows, Viewer } from '../overlays/overlay-rows.ts'
import { refuseUnusableOverlays } from '../overlays/usable-overlays.ts'
import { configPartsOf, readOverlayConfigs, resolveSettings } from './effective-settings.ts'
import type { PortAllocator } from './ports/port-allocator.ts'
import type { Power } from './power/power.ts'
import type { NewServerRecord, ServerDirectory, ServerRecord } from './server-directory.ts'
import { settingsOf } from './settings/config-settings.ts'
import { refuseReservedSettings } from './settings/refuse-reserved-settings.ts'
import { describeServerConfig } from './settings/server-config.ts'
import { checkedPolicy } from './settings/update-policy.ts'

export interface ServerEndpointsDependencies {
  readonly host: Pick<Host, 'overlays'>
  readonly directory: ServerDirectory
  readonly live: LiveServers
  readonly jobs: JobQueue
  readonly power: Power
  readonly ports: PortAllocator
  readonly blueprints: BlueprintRows
  readonly overlays: OverlayRows
}

export function serverEndpoints(dependencies: ServerEndpointsDependencies) {
  const { directory, live, jobs, power, ports, blueprints, overlays } = dependencies

  const answer = (id: number): Server => {
    const server = live.server(id)
    if (server === null) throw new ProblemError('not-found', `There is no server ${id}.`)
    return server
  }
  const act = async (id: number, action: PowerAction): Promise<{ job: Job }> => ({
    job: await power.request(id, action),
  })

  return endpoints({
    /** From memory, and as text that was made when the server last changed: this is what dashboards ask all the time. */
    listServers({ caller, query, reply }) {
      const page = pageOf(query)
      const { items, nextCursor } = listOfPage(visibleTo(directory, caller, page), page, record => record.id)
      const texts = items.flatMap(id => live.json(id) ?? [])
      reply.serializer(() => `{"items":[${texts.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`)
      return { items: items.flatMap(id => live.server(id) ?? []), nextCursor }
    },

    async createServer({ caller, body }) {
      refuseReservedSettings(body)
      const blueprintId = body.blueprintId ?? (await blueprints.defaultId())
      if (body.blueprintId !== undefined) await refuseUnusableBlueprint(blueprints, caller, body.blueprintId)
      const { overlayIds = [], port } = body
      await refuseUnusableOverlays(overlays, caller, overlayIds)
      if (port !== undefined) await ports.refuseUnlessFree(port, caller)
      const server = {
        ownerId: caller.userId,
        name: body.name,
        blueprintId,
        overlayIds,
        arguments: body.arguments ?? [],
        config: body.config ?? [],
        startAtBoot: body.startAtBoot ?? true,
        publicPage: body.publicPage ?? false,
        updatePolicy: checkedPolicy(body.updatePolicy ?? { mode: 'when-empty', time: null }),
      }
      const { record } = await insertWithPort(dependencies, server, port, async () => null)
      return answer(record.id)
    },

    getServer: ({ params }) => answer(params.id),

    changeServer: ({ params, caller, body }) =>
      power.whileKept(params.id, async record => {
        refuseReservedSettings(body)
        if (body.blueprintId !== undefined && body.blueprintId !== record.blueprintId) {
          await refuseUnusableBlueprint(blueprints, caller, body.blueprintId)
        }
        if (body.overlayIds) {
          await refuseUnusableOverlays(overlays, caller, body.overlayIds, record.overlayIds)
        }
        if (body.port !== undefined) {
          const listensOn =
            live.status(record.id).pid === null ? null : record.startedWith?.specification.port
          await ports.refuseUnlessFree(body.port, caller, [record.port, ...(listensOn ? [listensOn] : [])])
        }
        const { updatePolicy, ...others } = body
        await directory.change(record.id, {
          ...others,
          ...(updatePolicy === undefined ? {} : { updatePolicy: checkedPolicy(updatePolicy) }),
        })
        return answer(record.id)
      }),

    deleteServer: ({ params }) => act(params.id, 'delete'),
    startServer: ({ params }) => act(params.id, 'start'),
    stopServer: ({ params }) => act(params.id, 'stop'),
    restartServer: ({ params }) => act(params.id, 'restart'),
    resetServer: ({ params }) => act(params.id, 'reset'),

    cloneServer: ({ params, caller, body, note }) =>
      power.whileKept(params.id, async source => {
        if (source.damage !== null) throw new ProblemError('action-not-allowed', source.damage)
        const { record, extra: job } = await insertWithPort(
          dependencies,
          {
            ownerId: caller.userId,
            name: body.name,
            blueprintId: source.blueprintId,
            overlayIds: source.overlayIds,
            arguments: source.arguments,
            config: source.config,
            startAtBoot: source.startAtBoot,
            publicPage: false,
            updatePolicy: source.updatePolicy,
          },
          undefined,
          async (serverId, transaction) => {
            await copyHeldLayers(transaction, source.id, serverId)
            return jobs.enqueue(
              {
                kind: 'server-clone',
                input: { serverId, fromServerId: source.id },
                title: `Clone “${source.name}” as “${body.name}”`,
                locks: [
                  { scope: `server:${serverId}`, mode: 'exclusive' },
                  { scope: `server:${source.id}`, mode: 'shared' },
                ],
                serverId,
                ownerId: caller.userId,
              },
              transaction,
            )
          },
        )
        note({ detail: `as server:${record.id}` })
        return { job }
      }),

    async getGeneratedConfig({ params }) {
      const settingsDependencies = { blueprints, overlays, store: () => dependencies.host.overlays }
      try {
        const settings = await resolveSettings(settingsDependencies, power.record(params.id))
        const overlayConfigs = await readOverlayConfigs(settingsDependencies, settings)
        const lines = describeServerConfig(configPartsOf(settings, overlayConfigs))
        return { lines, settings: settingsOf(lines.map(line => line.text)) }
      } catch (error) {
        if (!(error instanceof JobFailure)) throw error
        throw new ProblemError('action-not-allowed', `${error.message} ${error.remedy ?? ''}`, {
          cause: error,
        })
      }
    },
  })
}

function visibleTo(
  directory: ServerDirectory,
  viewer: Viewer,
  page: { readonly after: number | null; readonly size: number },
): ServerRecord[] {
  const found: ServerRecord[] = []
  for (const record of directory.all()) {
    if (page.after !== null && record.id <= page.after) continue
    if (viewer.role !== 'admin' && record.ownerId !== viewer.userId) continue
    found.push(record)
    if (found.length > page.size) break
  }
  return found
}

/** With the port that was asked for, or with the lowest free one. */
function insertWithPort<Extra>(
  { directory, ports }: Pick<ServerEndpointsDependencies, 'directory' | 'ports'>,
  server: Omit<NewServerRecord, 'port'>,
  port: number | undefined,
  also: Parameters<typeof directory.insert<Extra>>[1],
): Promise<{ record: ServerRecord; extra: Extra }> {
  if (port !== undefined) return directory.insert({ ...server, port }, also)
  return ports.withFreePort(async free => {
    try {
      return await directory.insert({ ...server, port: free }, also)
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'port-taken') return null
      throw error
    }
  })
}
