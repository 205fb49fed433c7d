import type { Role } from '@left4me/contract'
import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import { bearerTokenOf } from '../http/bearer-token.ts'
import type { SignedIn } from '../http/endpoints.ts'
import type { UserRow } from '../users/accounts.ts'
import { hashOfToken, newToken } from './tokens.ts'

const cookieName = 'left4me_session'
const minute = 60_000
const day = 24 * 60 * minute
/** A session ends when it wasn't used for so long, */
const idleLifetime = 14 * day
/** and in any case so long after the log-in. */
const longestLifetime = 90 * day
/** Sessions of one user. Whoever logs in again and again loses those that they used longest ago. */
const mostSessions = 100
/** How exactly the last use is kept: each write of it costs a transaction. */
const useGranularity = minute

export interface SessionsOptions {
  readonly db: Kysely<Database>
  readonly secretKey: Buffer
  /** The cookie is only sent over TLS. */
  readonly cookieSecure: boolean
  /** ms since the epoch. */
  readonly now?: () => number
}

/** Who a request comes from: sessions of browsers and API tokens of programs. */
export class Sessions {
  readonly #options: Required<SessionsOptions>
  readonly #listeners = new Set<() => void>()

  constructor(options: SessionsOptions) {
    this.#options = { now: Date.now, ...options }
  }

  /**
   * Who the bearer token or else the cookie says. A request with a bearer token never counts by its cookie: such
   * requests pass the check of their origin.
   */
  async identify(request: FastifyRequest): Promise<SignedIn | null> {
    const bearer = bearerTokenOf(request)
    if (bearer !== null) return this.#byApiToken(bearer)
    const { cookie } = request.headers
    const token = cookie === undefined ? undefined : parseCookie(cookie)[cookieName]
    return token === undefined || token.length > 100 ? null : this.#bySession(token)
  }

  /**
   * Begins a session and gives the browser its cookie. null when the password that was verified is no longer the user's:
   * who changed it meanwhile ended all sessions, and this one would outlive that.
   */
  async begin(
    verified: Pick<UserRow, 'id' | 'password_hash'>,
    address: string,
    reply: FastifyReply,
  ): Promise<{ id: number; expiresAt: number } | null> {
    const { db, secretKey, now } = this.#options
    const token = newToken()
    const at = now()
    await db.deleteFrom('sessions').where('expires_at', '<=', at).execute()
    const expiresAt = at + idleLifetime
    const session = await db.transaction().execute(async transaction => {
      const user = await transaction
        .selectFrom('users')
        .select('id')
        .where('id', '=', verified.id)
        .where('password_hash', '=', verified.password_hash)
        .executeTakeFirst()
      if (!user) return null
      const inserted = await transaction
        .insertInto('sessions')
        .values({
          user_id: user.id,
          token_hash: hashOfToken(secretKey, token),
          address,
          created_at: at,
          expires_at: expiresAt,
          last_used_at: at,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      await transaction
        .deleteFrom('sessions')
        .where('id', 'in', tooMany =>
          tooMany
            .selectFrom('sessions')
            .select('id')
            .where('user_id', '=', user.id)
            .orderBy('last_used_at', 'desc')
            .orderBy('id', 'desc')
            .limit(-1)
            .offset(mostSessions),
        )
        .execute()
      return inserted
    })
    if (session === null) return null
    // The row decides when a session ends; the cookie only has to last as long.
    this.#setCookie(reply, token, longestLifetime / 1000)
    return { id: session.id, expiresAt }
  }

  async end(id: number): Promise<void> {
    await this.#options.db.deleteFrom('sessions').where('id', '=', id).execute()
    this.changed()
  }

  takeCookieBack(reply: FastifyReply): void {
    this.#setCookie(reply, '', 0)
  }

  /** null when it is not (or no longer) there. */
  async expiryOf(id: number): Promise<number | null> {
    const row = await this.#options.db
      .selectFrom('sessions')
      .select('expires_at')
      .where('id', '=', id)
      .executeTakeFirst()
    return row?.expires_at ?? null
  }

  /** Whether somebody is still who they were: neither logged out nor revoked, deleted, or given another role. */
  async isCurrent(signedIn: SignedIn): Promise<boolean> {
    const { db, now } = this.#options
    const found =
      signedIn.by.kind === 'session'
        ? await db
            .selectFrom('sessions')
            .innerJoin('users', 'users.id', 'sessions.user_id')
            .select('users.role')
            .where('sessions.id', '=', signedIn.by.id)
            .where('expires_at', '>', now())
            .executeTakeFirst()
        : await db
            .selectFrom('api_tokens')
            .innerJoin('users', 'users.id', 'api_tokens.user_id')
            .select('users.role')
            .where('api_tokens.id', '=', signedIn.by.id)
            .executeTakeFirst()
    return found?.role === signedIn.role
  }

  /** Calls `listener` whenever somebody may have lost their rights. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** To be called after sessions, tokens or users were deleted or changed. */
  changed(): void {
    for (const listener of this.#listeners) listener()
  }

  async #bySession(token: string): Promise<SignedIn | null> {
    const { db, secretKey, now } = this.#options
    const at = now()
    const row = await db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select(['sessions.id', 'user_id', 'username', 'role', 'may_bring_code'])
      .select(['last_used_at', 'sessions.created_at'])
      .where('token_hash', '=', hashOfToken(secretKey, token))
      .where('expires_at', '>', at)
      .executeTakeFirst()
    if (!row) return null
    if (at - row.last_used_at > useGranularity) {
      const expiresAt = Math.min(at + idleLifetime, row.created_at + longestLifetime)
      await db
        .updateTable('sessions')
        .set({ last_used_at: at, expires_at: expiresAt })
        .where('id', '=', row.id)
        .execute()
      await this.#seen(row.user_id, at)
    }
    return signedIn(row, { kind: 'session', id: row.id })
  }

  async #byApiToken(token: string): Promise<SignedIn | null> {
    const { db, secretKey, now } = this.#options
    const at = now()
    const row = await db
      .selectFrom('api_tokens')
      .innerJoin('users', 'users.id', 'api_tokens.user_id')
      .select(['api_tokens.id', 'user_id', 'username', 'role', 'may_bring_code', 'last_used_at'])
      .where('token_hash', '=', hashOfToken(secretKey, token))
      .executeTakeFirst()
    if (!row) return null
    if (at - (row.last_used_at ?? 0) > useGranularity) {
      await db.updateTable('api_tokens').set({ last_used_at: at }).where('id', '=', row.id).execute()
      await this.#seen(row.user_id, at)
    }
    return signedIn(row, { kind: 'token', id: row.id })
  }

  #setCookie(reply: FastifyReply, value: string, maxAge: number): void {
    const secure = this.#options.cookieSecure
    const cookie = {
      name: cookieName,
      value,
      maxAge,
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure,
    } as const
    reply.header('set-cookie', stringifySetCookie(cookie))
  }

  async #seen(userId: number, at: number): Promise<void> {
    await this.#options.db.updateTable('users').set({ last_seen_at: at }).where('id', '=', userId).execute()
  }
}

function signedIn(
  row: { user_id: number; username: string; role: Role; may_bring_code: number },
  by: SignedIn['by'],
): SignedIn {
  const mayBringCode = row.role === 'admin' || row.may_bring_code === 1
  return { userId: row.user_id, username: row.username, role: row.role, mayBringCode, by }
}
