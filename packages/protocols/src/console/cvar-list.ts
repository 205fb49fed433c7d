export interface CvarListEntry {
  readonly name: string
  /** null for a command. Only the number: `cvarlist` prints every text value as 0 or its leading digits. */
  readonly value: string | null
  /** `sv`, `nf` (notify), `cheat`, `rep` (replicated), `a` (archive), … */
  readonly flags: readonly string[]
  /** One line; SourceMod and the engine cut it at 127 bytes. */
  readonly help: string
}

export interface CvarList {
  readonly entries: readonly CvarListEntry[]
  /** The closing count was there and is that of the rows. The whole list is about 43 RCON frames. */
  readonly complete: boolean
}

/**
 * Reads the answer to `cvarlist [PREFIX]`. Never throws. Linear in the length.
 *
 *     cvar list
 *     --------------
 *     sv_cheats                                : 0        : , "sv", "nf", "rep" : Allow cheats on server
 *     say                                      : cmd      :                  : Display player message
 *     --------------
 *     2 total convars/concommands
 */
export function parseCvarList(text: string): CvarList {
  const entries: CvarListEntry[] = []
  for (const line of text.split('\n')) {
    const total = /^ {0,8}(\d{1,9}) (?:total )?convars\/concommands(?: for \[|\s*$)/.exec(line)
    if (total !== null) return { entries, complete: Number(total[1]) === entries.length }
    const entry = readRow(line)
    if (entry !== null) entries.push(entry)
  }
  return { entries, complete: false }
}

/** Columns are separated by a colon with a blank before it; only the last may hold one itself. */
function readRow(line: string): CvarListEntry | null {
  const first = line.indexOf(' : ')
  const second = line.indexOf(' : ', first + 3)
  const third = line.indexOf(' :', second + 3)
  if (first <= 0 || second < 0 || third < 0) return null
  const name = line.slice(0, first).trimEnd()
  const value = line.slice(first + 3, second).trim()
  const flags = line.slice(second + 3, third).trim()
  if (!/^\S{1,255}$/.test(name) || !/^(?:,? ?"[^"]*")*$/.test(flags)) return null
  return {
    name,
    value: value === 'cmd' ? null : value,
    flags: [...flags.matchAll(/"([^"]*)"/g)].map(([, flag = '']) => flag),
    help: line.slice(third + 2).trim(),
  }
}
