import { globSync, readFileSync } from 'node:fs'
import { findViolations } from './boundaries/find-violations.ts'

/** Checks who imports whom in the whole repository; prints FILE:LINE and the rule, and exits 1 if anything breaks one. */
const root = new URL('..', import.meta.url).pathname
const paths = globSync(
  ['{packages,apps}/*/{src,bin}/**/*.{ts,tsx,mjs}', '{e2e,bench,tools,deploy}/**/*.{ts,tsx,mjs}'],
  {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**', 'tools/fixtures/**'],
  },
).sort()
const violations = findViolations(paths.map(path => ({ path, text: readFileSync(`${root}${path}`, 'utf8') })))
for (const { path, line, rule } of violations) console.log(`${path}:${line}: ${rule}`)
console.log(`${paths.length} files, ${violations.length} violations`)
process.exitCode = violations.length === 0 ? 0 : 1
