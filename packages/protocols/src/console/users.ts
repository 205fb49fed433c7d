export interface ConsoleUser {
  readonly slot: number
  readonly userId: number
  readonly name: string
}

export interface UserList {
  readonly users: readonly ConsoleUser[]
  /** The closing count was there and is that of the rows. */
  readonly complete: boolean
}

/**
 * Reads the answer to `users`, bots included. Never throws.
 *
 *     <slot:userid:"name">
 *     0:2:"Ellis"
 *     1 users
 */
export function parseUsers(text: string): UserList {
  const users: ConsoleUser[] = []
  let started = false
  for (const line of text.split('\n')) {
    const trimmed = line.trimEnd()
    if (trimmed === '<slot:userid:"name">') {
      started = true
      continue
    }
    if (!started) continue
    const total = /^(\d{1,4}) users?$/.exec(trimmed)
    if (total !== null) return { users, complete: Number(total[1]) === users.length }
    const row = /^(\d{1,4}):(\d{1,9}):"(.*)"$/.exec(trimmed)
    if (row?.[3] !== undefined) users.push({ slot: Number(row[1]), userId: Number(row[2]), name: row[3] })
  }
  return { users, complete: false }
}
