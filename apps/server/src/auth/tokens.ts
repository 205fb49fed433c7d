import { createHmac, randomBytes } from 'node:crypto'

/** 256 random bits, which nobody can guess, so that they need no slow hash. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Recognisable, for people and for programs that look for secrets in public places. */
export function newApiToken(): string {
  return `left4me_${newToken()}`
}

/** What is kept of a token: who reads the database, but not the secret key, can neither use nor forge one. */
export function hashOfToken(secretKey: Buffer, token: string): string {
  return createHmac('sha256', secretKey).update(token).digest('hex')
}
