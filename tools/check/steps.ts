export interface Step {
  readonly name: string
  /** Program of node_modules/.bin and its arguments, run in the repository's root. */
  readonly command: readonly [string, ...string[]]
}

/** What `npm run check` runs. The order is that of the output; a step doesn't depend on another. */
export const steps: readonly Step[] = [
  { name: 'types', command: ['tsc', '--project', 'tsconfig.json'] },
  { name: 'types of the web application', command: ['tsc', '--project', 'apps/web/tsconfig.json'] },
  { name: 'format and lint', command: ['biome', 'ci', '--error-on-warnings', '--colors=off'] },
  { name: 'promises', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'dead code', command: ['knip', '--no-config-hints'] },
  { name: 'boundaries', command: ['node', 'tools/boundaries.ts'] },
  { name: 'OpenAPI', command: ['node', 'tools/openapi/main.ts', '--check'] },
]
