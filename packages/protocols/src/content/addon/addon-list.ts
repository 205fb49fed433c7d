import { applyConditions } from '../../keyvalues/condition.ts'
import { findSection } from '../../keyvalues/pair.ts'
import { parseKeyValues } from '../../keyvalues/parse.ts'

/**
 * The VPKs that `addonlist.txt` switches off, by name in lower case. The server writes the file anew at each start; VPKs
 * that it doesn't name are on. Throws `malformed` and `too-large`.
 */
export function readAddonList(input: string | Uint8Array): ReadonlySet<string> {
  const { pairs } = parseKeyValues(input, { maxLength: 4 * 1024 * 1024, maxPairs: 100_000 })
  const list = findSection(applyConditions(pairs), 'AddonList') ?? []
  // `workshop\123.vpk`, with one backslash or two: only what is directly in `addons` is mounted on a server.
  return new Set(
    list.flatMap(({ key, value }) => (value === '0' && !/[\\/]/.test(key) ? [key.toLowerCase()] : [])),
  )
}
