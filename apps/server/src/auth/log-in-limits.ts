import { isIPv6 } from 'node:net'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import { ProblemError } from '../http/problem-error.ts'

const minute = 60_000
/** Failures older than this are forgotten. */
const window = 15 * minute
/** Failures of one address within the window. */
const perAddress = 20
/** Failures of one account within the window, from anywhere, before each further try has to wait. */
const perAccount = 5
/** Passwords that may be verified at the same time, of one account and for one address: hashing has few places. */
const atOncePerAccount = 4
const atOncePerAddress = 12
/** Seconds. A stranger can slow an owner's log-in down by this, and never lock them out. */
const longestWait = 30

interface Attempt {
  readonly usernameKey: string
  readonly origin: string
}

/**
 * Limits on guessing passwords, per account and per address. A try counts as a failure from its beginning until it has
 * succeeded, so that a hundred at once count as a hundred; one that is refused here doesn't count.
 */
export class LogInLimits {
  readonly #db: Kysely<Database>
  readonly #now: () => number
  readonly #verifying = new Set<Attempt>()

  constructor(options: { readonly db: Kysely<Database>; readonly now?: () => number }) {
    this.#db = options.db
    this.#now = options.now ?? Date.now
  }

  /** Whether `verify` finds the password right, which is only asked within the limits. Rejects with `too-many-requests`. */
  async attempt(usernameKey: string, address: string, verify: () => Promise<boolean>): Promise<boolean> {
    const attempt = { usernameKey, origin: network(address) }
    try {
      const id = await this.#begin(attempt, address)
      const right = await verify()
      if (right) await this.#succeeded(id, attempt)
      return right
    } finally {
      this.#verifying.delete(attempt)
    }
  }

  #begin(attempt: Attempt, address: string): Promise<number> {
    const { usernameKey, origin } = attempt
    return this.#db.transaction().execute(async transaction => {
      const now = this.#now()
      // What lies in the future was written before the clock was set back: nobody may wait for that.
      await transaction
        .deleteFrom('login_failures')
        .where(eb => eb.or([eb('at', '<=', now - window), eb('at', '>', now)]))
        .execute()
      const failures = await transaction
        .selectFrom('login_failures')
        .select(['username_key', 'address', 'at'])
        .where(eb => eb.or([eb('username_key', '=', usernameKey), eb('address', '=', origin)]))
        .orderBy('at')
        .execute()
      const ofAddress = failures.filter(failure => failure.address === origin)
      const oldest = ofAddress.at(-perAddress)
      if (oldest) throw tooMany((oldest.at + window - now) / 1000)
      const ofAccount = failures.filter(failure => failure.username_key === usernameKey)
      const last = ofAccount.at(-1)
      if (last && ofAccount.length >= perAccount) {
        const wait = Math.min(2 ** (ofAccount.length - perAccount), longestWait) * 1000
        const left = last.at + wait - now
        if (left > 0 && !(await isAtHome(transaction, usernameKey, address, now))) throw tooMany(left / 1000)
      }
      this.#refuseCrowd(attempt)
      this.#verifying.add(attempt)
      const { id } = await transaction
        .insertInto('login_failures')
        .values({ username_key: usernameKey, address: origin, at: now })
        .returning('id')
        .executeTakeFirstOrThrow()
      return id
    })
  }

  /** Nobody may take all places in which passwords are verified, not even with a right one. */
  #refuseCrowd({ usernameKey, origin }: Attempt): void {
    const verifying = [...this.#verifying]
    const ofAccount = verifying.filter(attempt => attempt.usernameKey === usernameKey)
    const ofAddress = verifying.filter(attempt => attempt.origin === origin)
    if (ofAccount.length < atOncePerAccount && ofAddress.length < atOncePerAddress) return
    throw new ProblemError('too-many-requests', 'Too many log-ins at once. Try again in a few seconds.', {
      retryAfter: 2,
    })
  }

  /** Takes the try back, and what failed before it from the same address for the same account. */
  async #succeeded(id: number, { usernameKey, origin }: Attempt): Promise<void> {
    await this.#db
      .deleteFrom('login_failures')
      .where(eb =>
        eb.or([
          eb('id', '=', id),
          eb.and([eb('username_key', '=', usernameKey), eb('address', '=', origin)]),
        ]),
      )
      .execute()
  }
}

/** Whoever is logged in from an address isn't slowed down there by what strangers try elsewhere. */
async function isAtHome(
  db: Kysely<Database>,
  usernameKey: string,
  address: string,
  now: number,
): Promise<boolean> {
  const session = await db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select('sessions.id')
    .where('username_key', '=', usernameKey)
    .where('address', '=', address)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return session !== undefined
}

/** One customer of a provider usually has a whole /64 of IPv6 addresses. */
function network(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail = ''] = address.split('%', 1)[0]?.split('::') ?? []
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const missing = address.includes('::') ? 8 - left.length - right.length : 0
  const groups = [...left, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...right]
  return `${groups
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

function tooMany(seconds: number): ProblemError {
  const retryAfter = Math.max(1, Math.ceil(seconds))
  const wait = retryAfter >= 120 ? `${Math.ceil(retryAfter / 60)} minutes` : `${retryAfter} seconds`
  return new ProblemError('too-many-requests', `Too many failed log-ins. Try again in ${wait}.`, {
    retryAfter,
  })
}
