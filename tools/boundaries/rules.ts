/**
 * Who may import whom: ARCHITECTURE.md's table. Names are those of the workspaces' folders; each may import itself.
 * A workspace without a row here is a violation by itself, so that a new one has to be thought about.
 */
export interface Row {
  readonly imports: readonly string[]
  /** Only by `import type`. */
  readonly types?: readonly string[]
}

export const table: Readonly<Record<string, Row>> = {
  'packages/protocols': { imports: [] },
  'packages/contract': { imports: [] },
  'packages/privileged': { imports: [] },
  'packages/converge': { imports: [] },
  'packages/host': { imports: ['packages/protocols', 'packages/privileged'] },
  'packages/simulator': { imports: ['packages/protocols'], types: ['packages/host'] },
  'apps/server': { imports: ['packages/contract', 'packages/host', 'packages/protocols'] },
  'apps/web': { imports: ['packages/contract'] },
  'apps/cli': {
    imports: [
      'packages/contract',
      'packages/host',
      'packages/protocols',
      'apps/server',
      'packages/converge',
      'deploy',
    ],
  },
  deploy: { imports: ['packages/converge', 'packages/privileged'] },
}

/** Folders whose code may import anything of ours. */
export const unrestricted = ['e2e', 'bench', 'tools']

/** What tests may import beyond their workspace's row. */
export const forTests = ['packages/simulator', 'tools/test-support']

/** Workspaces that run in a browser: no module of Node's. */
export const browserSafe = ['packages/contract', 'apps/web']

/** Packages that only tests use. */
export const testPackages = ['vitest', 'fast-check', 'playwright-core', 'axe-core', 'autocannon']

/** A test, or what only tests import. */
export function isTest(path: string): boolean {
  const folders = path.split('/')
  return (
    /\.test\.tsx?$/.test(path) ||
    folders.includes('testing') ||
    path.startsWith('tools/test-support/') ||
    folders[0] === 'e2e'
  )
}

/** A program's first file: the only one that reads the environment; everything else is told by an argument. */
export function isProgram(path: string): boolean {
  return path.endsWith('/main.ts') || path.split('/').includes('bin')
}

/** The workspace or top folder that a file belongs to, or null for files at the root. */
export function ownerOf(path: string): string | null {
  const [first, second, third] = path.split('/')
  if (first === undefined || second === undefined) return null
  return (first === 'packages' || first === 'apps') && third !== undefined ? `${first}/${second}` : first
}
