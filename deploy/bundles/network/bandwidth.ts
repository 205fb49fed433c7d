/** What a link carries, in the three spellings that are needed. */
export interface Bandwidth {
  readonly bitsPerSecond: number
  /** As systemd.network(5) takes it. */
  readonly systemd: string
  /** As tc(8) takes it. */
  readonly tc: string
}

const powers = { K: 1e3, M: 1e6, G: 1e9 } as const

/** `100M`, `2.5G`, `640K`: bits a second, by powers of 1000. null for anything else, and below 64K or above 400G. */
export function parseBandwidth(text: string): Bandwidth | null {
  const [, digits, unit] = /^(\d{1,6}(?:\.\d{1,3})?)([KMG])$/.exec(text) ?? []
  if (digits === undefined || unit === undefined) return null
  const bitsPerSecond = Math.round(Number(digits) * powers[unit as keyof typeof powers])
  if (bitsPerSecond < 64_000 || bitsPerSecond > 400e9) return null
  return { bitsPerSecond, systemd: text, tc: `${bitsPerSecond}bit` }
}
