import { rm } from 'node:fs/promises'

/** Removes a folder into which processes that have just ended may write a last time, for as long as they take. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 30, retryDelay: 100 })
}
