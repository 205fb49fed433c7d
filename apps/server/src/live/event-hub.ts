import type { LeftEvent } from '@left4me/contract'

/** Who may see an event: its owner and the admins, or everybody who is signed in. */
export type Audience = { readonly ownerId: number | null } | 'everybody'

export interface PublishedEvent {
  /** Grows by one an event since the web application started. */
  readonly sequence: number
  readonly event: LeftEvent
  readonly audience: Audience
  /** The server that the event is about, for that server's own stream. */
  readonly serverId: number | null
}

/** Characters of JSON that the kept events may have together, about. */
const mostCharacters = 16 * 1024 * 1024

interface KeptEvent {
  readonly published: PublishedEvent
  readonly characters: number
}

/**
 * Events on their way to the browsers. Keeps the newest `capacity` of them, as far as they aren't too large together, so
 * that a client that was away for a moment continues where it stopped. Log lines don't pass through here: each follower
 * reads them from the host.
 */
export class EventHub {
  /** Told to clients as part of event ids: a number from another life of the web application means nothing. */
  readonly epoch: string
  readonly #capacity: number
  readonly #kept: KeptEvent[] = []
  #characters = 0
  readonly #listeners = new Set<(published: PublishedEvent) => void>()
  #sequence = 0

  constructor(options: { epoch: string; capacity?: number }) {
    this.epoch = options.epoch
    this.#capacity = options.capacity ?? 2000
  }

  get sequence(): number {
    return this.#sequence
  }

  publish(event: LeftEvent, audience: Audience, serverId: number | null = null): void {
    this.#sequence += 1
    const published: PublishedEvent = { sequence: this.#sequence, event, audience, serverId }
    const { length: characters } = JSON.stringify(event.data)
    this.#kept.push({ published, characters })
    this.#characters += characters
    while (this.#kept.length > this.#capacity || this.#characters > mostCharacters) {
      this.#characters -= this.#kept.shift()?.characters ?? 0
    }
    for (const listener of this.#listeners) listener(published)
  }

  subscribe(listener: (published: PublishedEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Events after `sequence`, or null when some of them are no longer kept. */
  since(sequence: number): PublishedEvent[] | null {
    if (sequence > this.#sequence) return null
    const first = this.#kept[0]
    if (first === undefined) return sequence === this.#sequence ? [] : null
    const missed = sequence - first.published.sequence + 1
    return missed < 0 ? null : this.#kept.slice(missed).map(({ published }) => published)
  }
}
