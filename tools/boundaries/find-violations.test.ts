import { describe, expect, it } from 'vitest'
import { findViolations } from './find-violations.ts'
import { readModule } from './read-module.ts'

/** What is wrong with one file, as `LINE: RULE`. */
function check(path: string, text: string): string[] {
  return findViolations([readModule(path, text)]).map(({ line, rule }) => `${line}: ${rule}`)
}

describe('the import table', () => {
  it('lets a workspace import what its row names', () => {
    expect(check('apps/server/src/a.ts', "import { routes } from '@left4me/contract'")).toEqual([])
    expect(check('apps/server/src/a.ts', "import { A2sClient } from '@left4me/protocols/client'")).toEqual([])
  })

  it('refuses what the row does not name, with the line', () => {
    expect(check('apps/web/src/a.ts', "\n\nimport { HostError } from '@left4me/host'")).toEqual([
      '3: apps/web may not import packages/host',
    ])
  })

  it.each([
    ['export * from', "export * from '@left4me/host'"],
    ['export from', "export { HostError } from '@left4me/host'"],
    ['a dynamic import', "const host = await import('@left4me/host')"],
    ['a side effect', "import '@left4me/host'"],
    ['a type', "type A = import('@left4me/host').Host"],
    ['import type', "import type { Host } from '@left4me/host'"],
    ['a subpath', "import { a } from '@left4me/host/process'"],
  ])('sees %s', (_, text) => {
    expect(check('apps/web/src/a.ts', text)).toEqual(['1: apps/web may not import packages/host'])
  })

  it('is not misled by text that only looks like an import', () => {
    expect(
      check('apps/web/src/a.ts', "// import '@left4me/host'\nexport const a = `import '@left4me/host'`"),
    ).toEqual([])
  })

  it('lets the simulator have the types of the host and nothing else', () => {
    expect(check('packages/simulator/src/a.ts', "import type { Host } from '@left4me/host'")).toEqual([])
    expect(check('packages/simulator/src/a.ts', "import { HostError } from '@left4me/host'")).toEqual([
      '1: packages/simulator may import packages/host only by import type',
    ])
  })

  it('refuses a relative import that leaves its workspace and names the package to import', () => {
    expect(
      check('apps/server/src/jobs/a.ts', "import { x } from '../../../../packages/contract/src/job.ts'"),
    ).toEqual(['1: a relative import may not leave its workspace: import @left4me/contract'])
    expect(check('apps/server/src/jobs/a.ts', "import { x } from '../auth/session.ts'")).toEqual([])
  })

  it('refuses a workspace that has no row', () => {
    expect(check('packages/novelty/src/a.ts', "import { x } from '@left4me/contract'")).toEqual([
      '1: packages/novelty has no row in the table of tools/boundaries/rules.ts',
    ])
  })

  it('lets tools import anything', () => {
    expect(check('tools/a.ts', "import { serve } from '@left4me/server'")).toEqual([])
  })
})

describe('tests', () => {
  it('may use the simulator and the shared test support', () => {
    const text =
      "import { a } from '@left4me/simulator'\nimport { b } from '../../../tools/test-support/capability.ts'"
    expect(check('packages/host/src/a.test.ts', text)).toEqual([])
  })

  it('are not imported, nor are their helpers and packages, by anything else', () => {
    expect(check('packages/host/src/a.ts', "import { a } from './b.test.ts'")).toEqual([
      '1: nothing imports a test',
    ])
    expect(check('packages/host/src/a.ts', "import { a } from './testing/b.ts'")).toEqual([
      '1: packages/host/src/testing/b.ts is for tests only',
    ])
    expect(check('packages/host/src/a.ts', "import { it } from 'vitest'")).toEqual([
      '1: only tests import vitest',
    ])
    expect(check('packages/host/src/a.ts', "import { a } from '@left4me/simulator'")).toEqual([
      '1: packages/host may not import packages/simulator',
    ])
  })
})

describe('the environment', () => {
  it.each([
    ['process.env.HOME', 'const a = process.env.HOME'],
    ["process['env']", "const a = process['env']"],
    ['globalThis.process.env', 'const a = globalThis.process.env'],
    ['a destructured process', 'const { env } = process'],
    ['an import of env', "import { env as e } from 'node:process'"],
  ])('is not read as %s outside of main.ts', (_, text) => {
    expect(check('apps/server/src/config.ts', text)).toEqual([
      '1: only a main.ts reads process.env: take what is needed as an argument',
    ])
    expect(check('apps/server/src/main.ts', text)).toEqual([])
  })

  it('may be read by tests and tools', () => {
    expect(check('apps/server/src/a.test.ts', 'process.env.HOME')).toEqual([])
    expect(check('tools/a.ts', 'process.env.HOME')).toEqual([])
  })
})

describe('what runs in browsers', () => {
  it.each(['node:fs', 'fs', 'node:crypto'])('does not import %s', specifier => {
    expect(check('packages/contract/src/a.ts', `import * as a from '${specifier}'`)).toEqual([
      `1: packages/contract runs in browsers: it may not import ${specifier}`,
    ])
  })
})

describe('a file that does not parse', () => {
  it('is an error that names it, not a file without imports', () => {
    expect(() => check('apps/web/src/a.ts', 'import {')).toThrow(/apps\/web\/src\/a\.ts/)
  })
})
