import { readFileSync, writeFileSync } from 'node:fs'
import { buildOpenApi } from '@left4me/server'

/**
 * `npm run openapi` writes docs/reference/openapi.json out of the routes of `contract`; with `--check` it writes nothing
 * and exits 1 when the file says something else.
 */
const file = new URL('../../docs/reference/openapi.json', import.meta.url)
const text = `${JSON.stringify(buildOpenApi(), null, 2)}\n`

if (!process.argv.includes('--check')) {
  writeFileSync(file, text)
} else if (textOf(file) !== text) {
  console.error(
    "docs/reference/openapi.json isn't what the routes say: run npm run openapi and commit the file",
  )
  process.exitCode = 1
}

function textOf(url: URL): string | null {
  try {
    return readFileSync(url, 'utf8')
  } catch {
    return null
  }
}
