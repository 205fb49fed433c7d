import type { EventHub } from '../live/event-hub.ts'
import type { OverlayRecord } from './overlay-rows.ts'

/** What changes within this time is told once. Milliseconds. */
const interval = 250

/**
 * Tells browsers that an overlay changed, so that they ask for it again: what each may see of it differs, and an event
 * is the same for all.
 */
export class OverlayNews {
  readonly #hub: EventHub
  readonly #waiting = new Map<number, { readonly timer: NodeJS.Timeout; shared: boolean }>()

  constructor(hub: EventHub) {
    this.#hub = hub
  }

  /** `before`: as it was; those who saw it hear that they don't any more. */
  changed(
    record: Pick<OverlayRecord, 'id' | 'ownerId' | 'shared'>,
    before: Pick<OverlayRecord, 'shared'> = record,
  ): void {
    const shared = record.shared || before.shared
    const waiting = this.#waiting.get(record.id)
    if (waiting !== undefined) {
      waiting.shared ||= shared
      return
    }
    const news = {
      shared,
      timer: setTimeout(() => {
        this.#waiting.delete(record.id)
        this.#publish(record, news.shared, false)
      }, interval),
    }
    this.#waiting.set(record.id, news)
  }

  /** Told at once: nothing about it follows. */
  deleted(record: Pick<OverlayRecord, 'id' | 'ownerId' | 'shared'>): void {
    clearTimeout(this.#waiting.get(record.id)?.timer)
    this.#waiting.delete(record.id)
    this.#publish(record, record.shared, true)
  }

  stop(): void {
    for (const { timer } of this.#waiting.values()) clearTimeout(timer)
    this.#waiting.clear()
  }

  #publish({ id, ownerId }: Pick<OverlayRecord, 'id' | 'ownerId'>, shared: boolean, deleted: boolean): void {
    this.#hub.publish({ name: 'overlay', data: { id, deleted } }, shared ? 'everybody' : { ownerId })
  }
}
