import type { CvarStore } from './cvar-store.ts'

/** Who guessed too often: `sv_rcon_maxfailures` in all, or `sv_rcon_minfailures` within `sv_rcon_minfailuretime`. */
export class RconBans {
  readonly #cvars: CvarStore
  readonly #failures = new Map<string, number[]>()
  /** ms until which an address is banned; Infinity for ever. */
  readonly #banned = new Map<string, number>()

  constructor(cvars: CvarStore) {
    this.#cvars = cvars
  }

  isBanned(address: string, now: number): boolean {
    const until = this.#banned.get(address)
    if (until === undefined) return false
    if (until > now) return true
    this.#banned.delete(address)
    return false
  }

  ban(address: string, minutes: number, now: number): void {
    this.#banned.set(address, minutes > 0 ? now + minutes * 60_000 : Number.POSITIVE_INFINITY)
  }

  unban(address: string): boolean {
    this.#failures.delete(address)
    return this.#banned.delete(address)
  }

  list(): string[] {
    return [...this.#banned.keys()]
  }

  /** Counts a wrong password; true when this one was too many. */
  fail(address: string, now: number): boolean {
    if (this.#cvars.text('sv_rcon_whitelist_address') === address) return false
    const failures = [...(this.#failures.get(address) ?? []), now].slice(-1000)
    this.#failures.set(address, failures)
    const recently = now - this.#cvars.number('sv_rcon_minfailuretime') * 1000
    const recent = failures.filter(time => time >= recently).length
    const tooMany =
      failures.length >= this.#cvars.number('sv_rcon_maxfailures') ||
      recent >= this.#cvars.number('sv_rcon_minfailures')
    if (tooMany) this.ban(address, this.#cvars.number('sv_rcon_banpenalty'), now)
    return tooMany
  }

  succeed(address: string): void {
    this.#failures.delete(address)
  }
}
