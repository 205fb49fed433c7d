import type { Job } from '@left4me/contract'
import type { RevisionSummary } from '@left4me/host'
import { SteamWebApi, type SteamWebApiOptions } from '@left4me/protocols/client'
import type { FastifyBaseLogger } from 'fastify'
import type { Kysely } from 'kysely'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/schema.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { ResolveItems } from '../overlays/overlay-context.ts'
import type { OverlayRows } from '../overlays/overlay-rows.ts'
import { NightlyRefresh } from './nightly-refresh.ts'
import { PreviewPictures } from './preview-pictures.ts'
import { RefreshRows } from './refresh-rows.ts'
import { resolveForBuild } from './resolve-for-build.ts'
import { WorkshopCatalog } from './workshop-catalog.ts'
import { workshopEndpoints } from './workshop-endpoints.ts'
import { requestRefresh, workshopRefresh } from './workshop-refresh.ts'

/** Somebody waits for the answer. */
const patience = { timeoutMs: 10_000, attempts: 3, backoffMs: 500 }

export type SteamPatience = Pick<SteamWebApiOptions, 'timeoutMs' | 'attempts' | 'backoffMs'>

export interface WorkshopDependencies {
  readonly config: Pick<Config, 'steamWebApi' | 'hostDriver'>
  readonly db: Kysely<Database>
  readonly jobs: JobQueue
  readonly overlays: OverlayRows
  readonly log: FastifyBaseLogger
  readonly patience?: SteamPatience
}

/** What the overlays' feature gives, which itself needs `resolveItems`. */
export interface Builds {
  readonly newestRevisions: (overlayIds: readonly number[]) => Promise<Map<number, RevisionSummary>>
  readonly requestBuild: (overlayId: number) => Promise<Job>
}

/** The feature *Workshop*: what ids stand for, previews, and the nightly refresh. */
export function createWorkshop(dependencies: WorkshopDependencies) {
  const { config, db, jobs, overlays, log } = dependencies
  const { url } = config.steamWebApi
  const api = new SteamWebApi({
    ...patience,
    ...dependencies.patience,
    ...(url === null ? {} : { baseUrl: url }),
  })
  const catalog = new WorkshopCatalog({ db, api })
  const previews = new PreviewPictures({
    catalog,
    trustedOrigin: url === null ? null : new URL(url).origin,
  })
  const resolveItems: ResolveItems = (ids, how) => resolveForBuild(catalog, ids, how)
  const request = () => requestRefresh(jobs)
  const nightly = new NightlyRefresh({
    lastFinishedAt: async () => (await new RefreshRows(db).last())?.finishedAt ?? null,
    needed: async due =>
      [...(await overlays.byIds(await overlays.ids('workshop'))).values()].some(
        ({ createdAt }) => createdAt < due,
      ),
    request,
    log,
  })
  return {
    resolveItems,
    endpoints: workshopEndpoints({ db, jobs, overlays, catalog, previews, request }),
    jobDefinitions: ({ newestRevisions, requestBuild }: Builds) => ({
      'workshop-refresh': workshopRefresh({
        db,
        overlays,
        newestRevisions,
        catalog,
        resolveItems,
        requestBuild,
      }),
    }),
    start(): void {
      // With systemd a timer of the host does that.
      if (config.hostDriver === 'process') nightly.start()
    },
    stop(): void {
      nightly.stop()
    },
  }
}
