import type { Overlay, OverlayKind } from '@left4me/contract'
import { messages } from '../messages/messages.ts'

export interface OverlayFilter {
  readonly search?: string
  readonly kind?: OverlayKind
  readonly whose?: 'mine' | 'shared'
}

/** The overlays that have all the words somewhere (name, kind, owner, users), by name. */
export function filterOverlays(
  overlays: readonly Overlay[],
  { search = '', kind, whose }: OverlayFilter,
  myId: number,
): Overlay[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return overlays
    .filter(overlay => {
      if (kind && overlay.kind !== kind) return false
      if (whose === 'mine' && overlay.ownerId !== myId) return false
      if (whose === 'shared' && !overlay.shared) return false
      const text = [
        overlay.name,
        messages.overlays.kinds[overlay.kind],
        overlay.ownerName,
        ...overlay.usedBy.servers.map(({ name }) => name),
        ...overlay.usedBy.blueprints.map(({ name }) => name),
      ]
        .join(' ')
        .toLowerCase()
      return words.every(word => text.includes(word))
    })
    .sort((a, b) => a.name.localeCompare(b.name) || a.id - b.id)
}
