import type { ContentPlace, ServerLayer } from '../layers/server-content.ts'
import { printablePath } from '../printable-path.ts'
import { type Conflict, type ConflictCode, conflictKinds } from './conflict.ts'

/** Subjects that a conflict names; it counts the others. */
const mostSubjects = 20
const mostNamed = 4

/** Puts conflicts into words. */
export class ConflictWriter {
  readonly #layers: readonly ServerLayer[]

  constructor(layers: readonly ServerLayer[]) {
    this.#layers = layers
  }

  write(
    code: ConflictCode,
    {
      subjects,
      places,
      winner,
      what,
    }: {
      readonly subjects: readonly string[]
      readonly places: readonly ContentPlace[]
      readonly winner: number | null
      /** What there is several times: “the map c1m1” or “12 maps”. */
      readonly what: string
    },
  ): Conflict {
    const [severity, remedy] = conflictKinds[code]
    const named = places.slice(0, mostNamed).map(place => this.#name(place))
    const others = places.length > mostNamed ? ` and ${places.length - mostNamed} more` : ''
    const taken = winner === null ? undefined : places[winner]
    const outcome =
      taken === undefined
        ? 'The server takes one of them; which one isn’t certain.'
        : `The server takes that of ${this.#name(taken)}.`
    return {
      code,
      severity,
      places,
      winner,
      subjects: subjects.slice(0, mostSubjects).map(printablePath),
      count: subjects.length,
      message: `${what} in ${named.join(', ')}${others}. ${outcome}`,
      remedy,
    }
  }

  #name({ layer, vpk }: ContentPlace): string {
    const name = this.#layers[layer]?.name ?? `layer ${layer + 1}`
    return vpk === null ? `“${name}”` : `${printablePath(vpk.slice(vpk.lastIndexOf('/') + 1))} of “${name}”`
  }
}

/** “the map a” or “3 maps”. */
export function counted(subjects: readonly string[], one: string, many: string): string {
  return subjects.length === 1 ? `${one} ${printablePath(subjects[0] ?? '')}` : `${subjects.length} ${many}`
}
