import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A program of a bundle's, as it goes onto the host: `hostProgram(import.meta.dirname, 'backup')`. */
export function hostProgram(bundle: string, name: string): string {
  return readFileSync(join(bundle, 'files', name), 'utf8')
}

/** A script of a bundle's that is only run there, without the comments at its beginning. */
export function hostScript(bundle: string, name: string): string {
  return hostProgram(bundle, name).replace(/^(#.*\n)+/, '')
}
