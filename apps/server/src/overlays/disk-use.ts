import type { DiskUse } from '@left4me/contract'
import type { ServerDirectory } from '../servers/server-directory.ts'
import { collectable } from './collect-revisions.ts'
import type { OverlayContext } from './overlay-context.ts'

type Context = Pick<OverlayContext, 'host' | 'overlays' | 'revisions' | 'users'>

/** What the disk is used for, and what of it nobody needs. */
export async function diskUse(context: Context, directory: ServerDirectory): Promise<DiskUse> {
  const { host, overlays, users } = context
  const [space, { disk }] = await Promise.all([host.overlays.space(), host.machine()])
  const known = await overlays.byIds(space.overlays.map(({ overlayId }) => overlayId))
  let canGo = space.workshopCache.unusedBytes + space.leftoverBytes
  const used = await Promise.all(
    space.overlays.map(async ({ overlayId, draftBytes, uploadBytes, revisions }) => {
      const overlay = known.get(overlayId) ?? null
      const needed = await users.of(overlayId)
      const going = new Set(
        overlay === null ? revisions.map(({ revision }) => revision) : await collectable(context, overlayId),
      )
      return {
        overlayId,
        name: overlay?.name ?? null,
        draft: draftBytes,
        uploads: uploadBytes,
        revisions: revisions.map(({ revision, bytes, ownBytes }) => {
          const go = going.has(revision) && !needed.has(revision)
          if (go) canGo += ownBytes
          return {
            revision,
            bytes,
            own: ownBytes,
            keptBy: (needed.get(revision) ?? []).map(user => user.name),
            canGo: go,
          }
        }),
      }
    }),
  )
  return {
    total: disk.total,
    available: disk.available,
    installation: space.installationBytes,
    overlays: used,
    servers: space.uppers.map(({ instanceId, bytes }) => {
      const server = directory.get(instanceId)
      return {
        serverId: server?.id ?? null,
        name: server?.name ?? `Instance ${instanceId}`,
        upper: bytes,
      }
    }),
    workshopCache: {
      bytes: space.workshopCache.bytes,
      unused: space.workshopCache.unusedBytes,
      items: space.workshopCache.items,
    },
    leftovers: space.leftoverBytes,
    canGo,
  }
}
