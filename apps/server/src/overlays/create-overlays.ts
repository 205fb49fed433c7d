import type { BlueprintRows } from '../blueprints/blueprint-rows.ts'
import type { LayerIndexes } from '../content/layer-indexes.ts'
import type { EventHub } from '../live/event-hub.ts'
import type { LiveServers } from '../live/live-servers.ts'
import type { ServerDirectory } from '../servers/server-directory.ts'
import { BuildQueue } from './build-queue.ts'
import { collectContent } from './collect-content.ts'
import { DraftCounts } from './draft-counts.ts'
import { draftEndpoints } from './draft-endpoints.ts'
import { FreeSpace } from './free-space.ts'
import { HeldLayers } from './held-layers.ts'
import { overlayBuild } from './overlay-build.ts'
import type { OverlayContext } from './overlay-context.ts'
import { overlayEndpoints } from './overlay-endpoints.ts'
import { OverlayNews } from './overlay-news.ts'
import { pruneUploads } from './prune-uploads.ts'
import { reconcileRevisions } from './reconcile-revisions.ts'
import { revisionEndpoints } from './revision-endpoints.ts'
import { RevisionRows } from './revision-rows.ts'
import { RevisionUsers } from './revision-users.ts'
import { serverLayerEndpoints } from './server-layer-endpoints.ts'
import { spaceEndpoints } from './space-endpoints.ts'
import { takeUploadJob } from './take-upload.ts'
import { uploadEndpoints } from './upload-endpoints.ts'
import { UploadRows } from './upload-rows.ts'

export interface OverlaysDependencies
  extends Pick<
    OverlayContext,
    'db' | 'host' | 'jobs' | 'overlays' | 'resolveItems' | 'onLayersChanged' | 'log'
  > {
  readonly hub: EventHub
  readonly directory: ServerDirectory
  readonly live: LiveServers
  readonly blueprints: BlueprintRows
  readonly indexes: LayerIndexes
  /** Bytes that builds and uploads leave free on the disk. */
  readonly diskReserve?: number
}

/** Milliseconds between two looks for abandoned uploads. */
const pruneInterval = 60 * 60_000

/** The feature *overlays*: what they are, how they are built, who takes which revision, and what may go. */
export function createOverlays(dependencies: OverlaysDependencies) {
  const { db, host, hub, directory, live, blueprints, indexes, diskReserve } = dependencies
  const held = new HeldLayers(db)
  const context: OverlayContext = {
    ...dependencies,
    held,
    revisions: new RevisionRows(db),
    uploads: new UploadRows(db),
    drafts: new DraftCounts(() => host.overlays),
    users: new RevisionUsers({ directory, live, held }),
    space: new FreeSpace(host, diskReserve),
    news: new OverlayNews(hub),
  }
  const builds = new BuildQueue(context)
  let pruning: NodeJS.Timeout | null = null
  const prune = () =>
    pruneUploads(context, Date.now()).catch((error: unknown) =>
      context.log.warn({ err: error }, 'abandoned uploads could not be looked for'),
    )
  return {
    builds,
    revisions: context.revisions,
    endpoints: {
      ...overlayEndpoints(context, builds),
      ...draftEndpoints(context),
      ...revisionEndpoints(context, indexes),
      ...uploadEndpoints(context),
      ...serverLayerEndpoints({ ...context, directory, live, blueprints }),
      ...spaceEndpoints(context, directory),
    },
    jobDefinitions: {
      'overlay-build': overlayBuild(context),
      'overlay-take-upload': takeUploadJob(context),
      'content-collect': collectContent(context),
    },
    async start(): Promise<void> {
      // Before any job: a build that was cancelled meanwhile, or isn't tried again, ends its script no more.
      await host.overlays
        .endScripts()
        .catch((error: unknown) =>
          context.log.error({ err: error }, 'scripts of an earlier life could not be ended'),
        )
      await reconcileRevisions(context)
      await prune()
      pruning = setInterval(() => void prune(), pruneInterval)
      pruning.unref()
    },
    async stop(): Promise<void> {
      if (pruning) clearInterval(pruning)
      context.news.stop()
    },
  }
}
