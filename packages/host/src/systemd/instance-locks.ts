/** Actions of one instance one after another, in the order in which they were asked for; those of others beside them. */
export class InstanceLocks {
  readonly #queues = new Map<number, Promise<unknown>>()

  run<Result>(instanceId: number, action: () => Promise<Result>): Promise<Result> {
    const before = this.#queues.get(instanceId) ?? Promise.resolve()
    const result = before.then(action)
    const queue = result
      .catch(() => undefined)
      .then(() => {
        if (this.#queues.get(instanceId) === queue) this.#queues.delete(instanceId)
      })
    this.#queues.set(instanceId, queue)
    return result
  }

  /** Whether an action is under way or waits. */
  isBusy(instanceId: number): boolean {
    return this.#queues.has(instanceId)
  }
}
