/**
 * What the scripts of package.json run, once everything that they need is there. Paths are relative to the repository.
 * @type {Record<string, { main: string, needsWebApplication: boolean }>}
 */
export const tasks = {
  start: { main: 'apps/server/src/main.ts', needsWebApplication: true },
  test: { main: 'tools/test/main.ts', needsWebApplication: true },
  'test:host': { main: 'tools/test-host/main.ts', needsWebApplication: true },
  'test:vm': { main: 'tools/test-vm/main.ts', needsWebApplication: false },
  check: { main: 'tools/check/main.ts', needsWebApplication: false },
  bench: { main: 'bench/main.ts', needsWebApplication: true },
  'bench:deploy-workload': { main: 'bench/deploy/workload-program.ts', needsWebApplication: false },
  fuzz: { main: 'packages/protocols/fuzz/main.ts', needsWebApplication: false },
  openapi: { main: 'tools/openapi/main.ts', needsWebApplication: false },
}
