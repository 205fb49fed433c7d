import { createHash, timingSafeEqual } from 'node:crypto'
import { newToken } from './tokens.ts'

/**
 * The one-time link that makes the first admin in the browser, in the embedded mode only. Its token lives in memory and
 * in what was printed; it is good until somebody has an account.
 */
export class SetUpLink {
  readonly token = newToken()

  accepts(token: string): boolean {
    return timingSafeEqual(digest(token), digest(this.token))
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
