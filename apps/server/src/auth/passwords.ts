import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { ProblemError } from '../http/problem-error.ts'

const argon2id = promisify(argon2).bind(null, 'argon2id')

interface Cost {
  /** KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id */
const cost: Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const saltLength = 16
const hashLength = 32

/** Each takes 19 MiB and a thread of the pool, which files need too. */
const atOnce = 2
/** Further ones that may wait; whoever comes then is sent away rather than made to wait for minutes. */
const mayWait = 32

/** Hashing of passwords: argon2id, its parameters kept with each hash so that they can be raised. */
export class Passwords {
  #hashing = 0
  readonly #waiting: (() => void)[] = []
  #decoy: Promise<string> | null = null

  /** The PHC string of a new hash. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltLength)
    const hash = await this.#derive(password, salt, cost, hashLength)
    return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${encode(salt)}$${encode(hash)}`
  }

  /**
   * Whether the password belongs to the hash. Takes as long when there is no hash, or none that can be read: a
   * stranger can't tell by the time who has an account.
   */
  async verify(password: string, stored: string | null): Promise<boolean> {
    const parsed = stored === null ? null : parse(stored)
    if (parsed === null) {
      this.#decoy ??= this.hash(randomBytes(16).toString('hex'))
      const decoy = parse(await this.#decoy)
      if (decoy) await this.#derive(password, decoy.salt, decoy.cost, decoy.hash.length)
      return false
    }
    const hash = await this.#derive(password, parsed.salt, parsed.cost, parsed.hash.length)
    return timingSafeEqual(hash, parsed.hash)
  }

  /** Whether a hash was made with other parameters than today's. */
  isOutdated(stored: string): boolean {
    const parsed = parse(stored)
    return (
      parsed === null ||
      parsed.cost.memory !== cost.memory ||
      parsed.cost.passes !== cost.passes ||
      parsed.cost.parallelism !== cost.parallelism ||
      parsed.hash.length !== hashLength
    )
  }

  async #derive(password: string, salt: Buffer, { memory, passes, parallelism }: Cost, tagLength: number) {
    await this.#enter()
    try {
      // The same text typed on two keyboards may come in two forms (NIST SP 800-63B, 5.1.1.2).
      const message = password.normalize('NFKC')
      return await argon2id({ message, nonce: salt, memory, passes, parallelism, tagLength })
    } finally {
      this.#leave()
    }
  }

  async #enter(): Promise<void> {
    if (this.#hashing < atOnce) {
      this.#hashing += 1
      return
    }
    if (this.#waiting.length >= mayWait) {
      throw new ProblemError(
        'too-many-requests',
        'Too many people are logging in. Try again in a few seconds.',
        {
          retryAfter: 5,
        },
      )
    }
    await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  /** Hands its place to the next, or gives it back. */
  #leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#hashing -= 1
  }
}

/** https://github.com/P-H-C/phc-string-format; bounded, so that a planted hash can't take all memory. */
function parse(stored: string): { salt: Buffer; hash: Buffer; cost: Cost } | null {
  const match =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/.exec(
      stored,
    )
  if (!match) return null
  const [, memory, passes, parallelism, salt = '', hash = ''] = match
  const parsed = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  if (parsed.parallelism < 1 || parsed.passes < 1 || parsed.memory < 8 * parsed.parallelism) return null
  return { cost: parsed, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') }
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
