import type { LayerConflicts } from '@left4me/contract'
import { findConflicts } from '@left4me/protocols'
import type { NextContent } from './content-of-server.ts'

/** What the layers of a server's next start bring twice, and who wins. */
export function conflictsOf({ layers, names, disabledAddons }: NextContent): LayerConflicts {
  const { conflicts, omitted } = findConflicts(layers, { disabledAddons })
  return {
    items: conflicts.map(conflict => ({
      code: conflict.code,
      severity: conflict.severity,
      places: conflict.places.flatMap(({ layer, vpk, path }) => {
        const name = names[layer]
        return name === undefined ? [] : [{ layer: name, vpk, path }]
      }),
      winner: conflict.winner,
      subjects: [...conflict.subjects],
      count: conflict.count,
      message: conflict.message,
      remedy: conflict.remedy,
    })),
    left: omitted,
  }
}
