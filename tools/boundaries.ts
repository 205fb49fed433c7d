import { globSync, readFileSync } from 'node:fs'
import { findCircles } from './boundaries/find-circles.ts'
import { findViolations } from './boundaries/find-violations.ts'
import { readModule } from './boundaries/read-module.ts'

/**
 * Checks who imports whom in the whole repository, and that nobody does in a circle; prints FILE:LINE and the rule, and
 * exits 1 if anything breaks one.
 */
const root = new URL('..', import.meta.url).pathname
const paths = globSync(
  ['{packages,apps}/*/{src,bin}/**/*.{ts,tsx,mjs}', '{e2e,bench,tools,deploy}/**/*.{ts,tsx,mjs}'],
  {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**', 'tools/fixtures/**'],
  },
).sort()
const modules = paths.map(path => readModule(path, readFileSync(`${root}${path}`, 'utf8')))
const violations = [...findViolations(modules), ...findCircles(modules)]
for (const { path, line, rule } of violations) console.log(`${path}:${line}: ${rule}`)
console.log(`${paths.length} files, ${violations.length} violations`)
process.exitCode = violations.length === 0 ? 0 : 1
