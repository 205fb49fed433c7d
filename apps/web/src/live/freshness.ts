/**
 * Decides between a value that a request brought and one that came by the event stream meanwhile: a request that was
 * sent before the event may answer after it with what was true earlier.
 */
export class Freshness {
  #heard = new Map<string, { value: unknown; order: number }>()
  #order = 0

  /** To be taken before a request is sent. */
  mark(): number {
    return this.#order
  }

  /** Notes the value of an event. */
  heard(key: string, value: unknown): void {
    this.#order += 1
    this.#heard.set(key, { value, order: this.#order })
  }

  /** `fetched`, unless an event that came after `mark` says otherwise. The key names one kind of value only. */
  newer<Value>(key: string, fetched: Value, mark: number): Value {
    const event = this.#heard.get(key)
    return event && event.order > mark ? (event.value as Value) : fetched
  }

  /** Whether an event that came after `mark` said that it is gone. */
  isGone(key: string, mark: number): boolean {
    const event = this.#heard.get(key)
    return event !== undefined && event.order > mark && event.value === null
  }

  clear(): void {
    this.#heard.clear()
  }
}
