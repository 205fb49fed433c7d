import type { ServerLayer } from '@left4me/contract'

export interface LayerState {
  /** `newest`: each start takes the newest revision; `held`: the layer stays on one until somebody changes that. */
  readonly kind: 'newest' | 'held'
  /** What runs isn't what the next start takes: the revision that is mounted, or `new` for none. */
  readonly pending: number | 'new' | null
  /** A newer revision has to be accepted, because the overlay is somebody else's. */
  readonly accepts: boolean
}

export function stateOfLayer(layer: ServerLayer, running: boolean): LayerState {
  const { revision, mounted, held, needsAcceptance } = layer
  return {
    kind: held || needsAcceptance ? 'held' : 'newest',
    pending: !running || mounted === revision ? null : (mounted ?? 'new'),
    accepts: needsAcceptance,
  }
}
