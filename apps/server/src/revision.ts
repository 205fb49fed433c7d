import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The commit that this was deployed from, which a deployment writes beside the code; null in a checkout. */
export function deployedRevision(): string | null {
  try {
    const text = readFileSync(join(import.meta.dirname, '../../../REVISION'), 'utf8').trim()
    return /^[0-9a-f]{40}$/.test(text) ? text : null
  } catch {
    return null
  }
}
