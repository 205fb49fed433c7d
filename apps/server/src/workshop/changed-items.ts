import type { RevisionSource, WorkshopDownload } from '@left4me/host'

export interface ChangedItem {
  readonly id: string
  readonly title: string | null
}

/** What a build would bring that a revision lacks: items with another version, new ones, and those that left. */
export function changedItems(
  sources: readonly RevisionSource[],
  downloads: readonly WorkshopDownload[],
): ChangedItem[] {
  const before = new Map(sources.map(source => [source.id, source]))
  const now = new Set(downloads.map(({ id }) => id))
  return [
    ...downloads.filter(({ id, updatedAt }) => before.get(id)?.version !== String(updatedAt)),
    ...sources.filter(({ id }) => !now.has(id)),
  ].map(({ id, title }) => ({ id, title }))
}
