import type { LogLine } from '../host.ts'
import type { UnitState } from './units/unit-state.ts'

/** Newest lines of a console that are looked through for why it ended. */
const lineCount = 60
/** Milliseconds after an end within which its last lines may still be on their way to the journal, */
const settling = 1500
/** and for which an answer counts until then. */
const shortLife = 250

interface Answer {
  readonly of: number
  readonly askedAt: number
  readonly lines: Promise<readonly string[]>
  /** null while they aren't known. */
  known: readonly string[] | null
}

/** What servers' consoles said last before they ended. Asked of the journal once an end, and again while it settles. */
export class CrashLines {
  readonly #tail: (instanceId: number, lines: number) => Promise<LogLine[]>
  readonly #answers = new Map<number, Answer>()

  constructor(tail: (instanceId: number, lines: number) => Promise<LogLine[]>) {
    this.#tail = tail
  }

  /** Oldest first; none when there is no ended run, or the journal can't be read. */
  of(instanceId: number, server: UnitState): Promise<readonly string[]> {
    const at = server.lastRun?.at ?? null
    if (at === null) return Promise.resolve([])
    const now = Date.now()
    const known = this.#answers.get(instanceId)
    if (known?.of === at && (known.askedAt - at > settling || now - known.askedAt < shortLife))
      return known.lines
    const lines = this.#read(instanceId, server)
    const answer: Answer = { of: at, askedAt: now, lines, known: known?.of === at ? known.known : null }
    this.#answers.set(instanceId, answer)
    return lines.then(found => {
      answer.known = found
      return found
    })
  }

  /** What is known without asking. */
  known(instanceId: number, server: UnitState): readonly string[] {
    const answer = this.#answers.get(instanceId)
    return (answer?.of === server.lastRun?.at && answer?.known) || []
  }

  /** Milliseconds until it is worth asking again; null: what is known is final. */
  unsettled(server: UnitState): number | null {
    const at = server.lastRun?.at ?? null
    const left = at === null ? 0 : at + settling - Date.now()
    return left > 0 ? left + 1 : null
  }

  forget(instanceId: number): void {
    this.#answers.delete(instanceId)
  }

  async #read(instanceId: number, { lastRun, service }: UnitState): Promise<readonly string[]> {
    const from = lastRun?.startedAt ?? 0
    // The next run may print already.
    const next = service.mainStartedAt ?? 0
    const until = next > (lastRun?.at ?? 0) ? next : Number.POSITIVE_INFINITY
    const lines = await this.#tail(instanceId, lineCount).catch(() => [])
    return lines.filter(({ time }) => time >= from && time < until).map(({ text }) => text)
  }
}
