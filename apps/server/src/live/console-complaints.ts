import type { StateReason } from '@left4me/contract'
import { type ConsoleObservationKind, readConsoleLine } from '@left4me/protocols'

/** What stays true after the line was printed, the gravest first. Others are events that pass. */
const lasting = [
  'steamclient-missing',
  'libraries-missing',
  'configuration-missing',
  'wrong-architecture',
  'out-of-date',
  'steam-lost',
  'rcon-banned',
  'bad-vpk',
] as const satisfies readonly ConsoleObservationKind[]

type Lasting = (typeof lasting)[number]

/** What one run of a server says about itself on its console, as far as a person has to know. Hints, never proof. */
export class ConsoleComplaints {
  readonly #found = new Map<Lasting, StateReason>()

  /** Whether what `gravest` answers may have changed. */
  read(line: string): boolean {
    const observation = readConsoleLine(line)
    if (observation === null) return false
    if (observation.kind === 'ready-hint' || observation.kind === 'steam-connected') {
      return this.#found.delete('steam-lost')
    }
    const kind = lasting.find(each => each === observation.kind)
    if (kind === undefined || this.#found.has(kind)) return false
    this.#found.set(kind, { code: kind, message: observation.message, remedy: observation.remedy })
    return true
  }

  get gravest(): StateReason | null {
    for (const kind of lasting) {
      const reason = this.#found.get(kind)
      if (reason) return reason
    }
    return null
  }
}
