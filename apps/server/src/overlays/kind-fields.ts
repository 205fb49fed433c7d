import type { NewOverlay, OverlayChange, OverlayKind } from '@left4me/contract'
import { ProblemError } from '../http/problem-error.ts'

/** The field that each kind is built from. */
const fieldOf = {
  script: 'script',
  workshop: 'workshopIds',
  'map-index': 'indexUrl',
  upload: null,
} as const satisfies Record<OverlayKind, keyof OverlayChange | null>

const kindFields = ['script', 'workshopIds', 'indexUrl'] as const
type KindFields = Pick<OverlayChange, (typeof kindFields)[number]>

/** Rejects with `invalid-input`, naming each field that belongs to another kind. */
export function refuseForeignFields(kind: OverlayKind, given: KindFields): void {
  const own = fieldOf[kind]
  const errors = kindFields
    .filter(field => given[field] !== undefined && field !== own)
    .map(field => ({
      path: `/${field}`,
      message: `A ${kind} overlay has no ${field}. Leave it out, or make an overlay of another kind.`,
    }))
  const [first] = errors
  if (first) throw new ProblemError('invalid-input', first.message, { errors })
}

/** A new overlay of a kind has its field from the beginning, empty if need be. */
export function initialFields({ kind, script, workshopIds, indexUrl }: NewOverlay): KindFields {
  switch (kind) {
    case 'script':
      return { script: script ?? '' }
    case 'workshop':
      return { workshopIds: workshopIds ?? [] }
    case 'map-index':
      return indexUrl === undefined ? {} : { indexUrl }
    case 'upload':
      return {}
  }
}
