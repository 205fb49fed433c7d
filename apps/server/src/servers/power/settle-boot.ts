import type { BootPolicy } from './boot-policy.ts'

/** For a job: what the machine does at boot follows what was asked for, and the job's log says so where it can't. */
export async function settleBoot(
  boot: BootPolicy,
  serverId: number,
  log: (line: string) => void,
): Promise<void> {
  try {
    await boot.settle(serverId)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    log(`What happens to it when the machine boots could not be set: ${reason}`)
  }
}
