/** The individual account universe's first SteamID64. https://developer.valvesoftware.com/wiki/SteamID */
const firstIndividual = 76_561_197_960_265_728n

/**
 * SteamID64 as decimal text, out of `STEAM_X:Y:Z` or `[U:1:N]`. The universe digit is ignored, since Left 4 Dead 2 and
 * older games print different ones for the same account. null for anything else, and for account 0 (LAN, not known yet).
 */
export function steamId64(id: string): string | null {
  const old = /^STEAM_[0-5]:([01]):(\d{1,10})$/.exec(id)
  if (old?.[1] !== undefined && old[2] !== undefined) return fromAccount(BigInt(old[2]) * 2n + BigInt(old[1]))
  const bracketed = /^\[U:[0-5]:(\d{1,10})\]$/.exec(id)
  return bracketed?.[1] === undefined ? null : fromAccount(BigInt(bracketed[1]))
}

function fromAccount(account: bigint): string | null {
  if (account === 0n || account > 0xffff_ffffn) return null
  return (firstIndividual + account).toString()
}
