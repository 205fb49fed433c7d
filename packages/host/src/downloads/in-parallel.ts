/** Calls `work` for each item, at most `width` at once. The first failure aborts the others and is thrown when all have ended. */
export async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  signal: AbortSignal,
  work: (item: Item, signal: AbortSignal, index: number) => Promise<void>,
): Promise<void> {
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const failures: unknown[] = []
  const queue = items.entries()
  const worker = async () => {
    for (const [index, item] of queue) {
      if (either.aborted) return
      try {
        await work(item, either, index)
      } catch (error) {
        failures.push(error)
        failed.abort()
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker))
  if (failures.length > 0) throw failures[0]
  signal.throwIfAborted()
}
