import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import { bearerTokenOf } from '../http/bearer-token.ts'
import type { SignedIn } from '../http/endpoints.ts'
import { hashOfToken, newToken } from './tokens.ts'

const cookieName = 'left4me_session'
const minute = 60_000
const day = 24 * 60 * minute
/** A session ends when it wasn't used for so long, */
const idleLifetime = 14 * day
/** and in any case so long after the log-in. */
const longestLifetime = 90 * day
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

  /** Begins a session and gives the browser its cookie. */
  async begin(
    userId: number,
    address: string,
    reply: FastifyReply,
  ): Promise<{ id: number; expiresAt: number }> {
    const { db, secretKey, now } = this.#options
    const token = newToken()
    const at = now()
    await db.deleteFrom('sessions').where('expires_at', '<=', at).execute()
    const expiresAt = at + idleLifetime
    const { id } = await db
      .insertInto('sessions')
      .values({
        user_id: userId,
        token_hash: hashOfToken(secretKey, token),
        address,
        created_at: at,
        expires_at: expiresAt,
        last_used_at: at,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    // The row decides when a session ends; the cookie only has to last as long.
    this.#setCookie(reply, token, longestLifetime / 1000)
    return { id, expiresAt }
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
      .select(['sessions.id', 'user_id', 'username', 'role', 'last_used_at', 'sessions.created_at'])
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
    const by = { kind: 'session', id: row.id } as const
    return { userId: row.user_id, username: row.username, role: row.role, by }
  }

  async #byApiToken(token: string): Promise<SignedIn | null> {
    const { db, secretKey, now } = this.#options
    const at = now()
    const row = await db
      .selectFrom('api_tokens')
      .innerJoin('users', 'users.id', 'api_tokens.user_id')
      .select(['api_tokens.id', 'user_id', 'username', 'role', 'last_used_at'])
      .where('token_hash', '=', hashOfToken(secretKey, token))
      .executeTakeFirst()
    if (!row) return null
    if (at - (row.last_used_at ?? 0) > useGranularity) {
      await db.updateTable('api_tokens').set({ last_used_at: at }).where('id', '=', row.id).execute()
      await this.#seen(row.user_id, at)
    }
    const by = { kind: 'token', id: row.id } as const
    return { userId: row.user_id, username: row.username, role: row.role, by }
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
