import { createHash } from 'node:crypto'
import type { OverlayKind } from '@left4me/contract'

/** What an overlay is built from, or only the digest of it: files of uploads, and what one may not see. */
export type OverlayDefinition = { readonly name: string } & (
  | { readonly kind: 'script'; readonly script: string }
  | { readonly kind: 'workshop'; readonly items: readonly string[] }
  | { readonly kind: 'map-index'; readonly url: string }
  | { readonly kind: 'upload'; readonly digest: string | null }
  | { readonly kind: Exclude<OverlayKind, 'upload'>; readonly digest: string }
)

/**
 * Equal for overlays that are built from the same; SHA-256, hexadecimal. Of an upload that of its newest revision's
 * files; null before it was built, which equals nothing.
 */
export function digestOf(overlay: OverlayDefinition): string | null {
  if ('digest' in overlay) return overlay.digest
  // The order in which items were added changes nothing of what is built.
  const content =
    'script' in overlay
      ? overlay.script
      : 'url' in overlay
        ? overlay.url
        : overlay.items.toSorted().join('\n')
  return createHash('sha256').update(content).digest('hex')
}
