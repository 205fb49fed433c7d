import type { DiskUse } from '@left4me/contract'

export const diskParts = [
  'installation',
  'overlays',
  'drafts',
  'servers',
  'workshop',
  'leftovers',
  'other',
] as const
export type DiskPart = (typeof diskParts)[number]

/** Bytes of each part of the disk that is in use; together what is used. What revisions share counts once, as they say themselves. */
export function readDiskParts(use: DiskUse): Record<DiskPart, number> {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const known = {
    installation: use.installation,
    overlays: sum(use.overlays.flatMap(({ revisions }) => revisions.map(({ bytes }) => bytes))),
    drafts: sum(use.overlays.map(({ draft, uploads }) => draft + uploads)),
    servers: sum(use.servers.map(({ upper }) => upper)),
    workshop: use.workshopCache.bytes,
    leftovers: use.leftovers,
  }
  const used = use.total - use.available
  return { ...known, other: Math.max(0, used - sum(Object.values(known))) }
}

export interface Removable {
  readonly revisions: readonly { name: string | null; overlayId: number; revision: number; own: number }[]
  /** Bytes. */
  readonly workshop: number
  readonly leftovers: number
}

/** What cleaning up takes away. */
export function readRemovable({ overlays, workshopCache, leftovers }: DiskUse): Removable {
  return {
    revisions: overlays.flatMap(({ overlayId, name, revisions }) =>
      revisions.filter(({ canGo }) => canGo).map(({ revision, own }) => ({ overlayId, name, revision, own })),
    ),
    workshop: workshopCache.unused,
    leftovers,
  }
}
