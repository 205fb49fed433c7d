/**
 * What the scripts of package.json run, once everything that they need is there. Paths are relative to the repository.
 * @type {Record<string, { main: string, needsWebApplication: boolean }>}
 */
export const tasks = {
  start: { main: 'apps/server/src/main.ts', needsWebApplication: true },
  test: { main: 'tools/test/main.ts', needsWebApplication: true },
  check: { main: 'tools/check/main.ts', needsWebApplication: false },
  bench: { main: 'bench/main.ts', needsWebApplication: true },
  fuzz: { main: 'packages/protocols/fuzz/main.ts', needsWebApplication: false },
  openapi: { main: 'tools/openapi/main.ts', needsWebApplication: false },
}
