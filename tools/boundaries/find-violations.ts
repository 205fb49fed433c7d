import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import type { ModuleImport, SourceModule } from './read-module.ts'
import {
  browserSafe,
  forTests,
  isProgram,
  isTest,
  ownerOf,
  table,
  testPackages,
  unrestricted,
} from './rules.ts'

export interface Violation {
  readonly path: string
  readonly line: number
  readonly rule: string
}

/** Everything in `modules` that breaks the rules of `rules.ts`, in the order of files and lines. */
export function findViolations(modules: readonly SourceModule[]): Violation[] {
  return modules.flatMap(({ path, imports, environmentReads }) => {
    const found: Violation[] = []
    for (const imported of imports) {
      const rule = whyForbidden(path, imported)
      if (rule !== null) found.push({ path, line: imported.line, rule })
    }
    if (!mayReadEnvironment(path))
      for (const line of environmentReads)
        found.push({
          path,
          line,
          rule: 'only a main.ts reads process.env: take what is needed as an argument',
        })
    return found.sort((a, b) => a.line - b.line)
  })
}

function mayReadEnvironment(path: string): boolean {
  const owner = ownerOf(path)
  return owner === null || unrestricted.includes(owner) || isTest(path) || isProgram(path)
}

function whyForbidden(path: string, imported: ModuleImport): string | null {
  const owner = ownerOf(path)
  const { specifier } = imported
  if (owner !== null && browserSafe.includes(owner) && !isTest(path) && isBuiltin(specifier))
    return `${owner} runs in browsers: it may not import ${specifier}`

  const target = targetOf(path, specifier)
  if (target === null)
    return testPackages.includes(packageOf(specifier)) && !isTest(path) && !isToolOrBench(owner)
      ? `only tests import ${packageOf(specifier)}`
      : null
  if (/\.test\.tsx?$/.test(specifier)) return 'nothing imports a test'
  if (owner === null || unrestricted.includes(owner)) return null

  const row = table[owner]
  if (row === undefined) return `${owner} has no row in the table of tools/boundaries/rules.ts`
  if (target.owner === owner)
    return target.path !== null && isTest(target.path) && !isTest(path)
      ? `${target.path} is for tests only`
      : null
  if (
    isTest(path) &&
    forTests.some(allowed => target.owner === allowed || target.path?.startsWith(`${allowed}/`))
  )
    return null
  if (target.path !== null)
    return `a relative import may not leave its workspace${
      table[target.owner] ? `: import @left4me/${posix.basename(target.owner)}` : ''
    }`
  if (row.imports.includes(target.owner)) return null
  if (row.types?.includes(target.owner))
    return imported.typeOnly ? null : `${owner} may import ${target.owner} only by import type`
  return `${owner} may not import ${target.owner}`
}

function isToolOrBench(owner: string | null): boolean {
  return owner === null || unrestricted.includes(owner)
}

/** What of ours a specifier leads to; `path` is null when it goes by the package's name. Null: not ours. */
function targetOf(path: string, specifier: string): { owner: string; path: string | null } | null {
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(path), specifier)
    return { owner: ownerOf(target) ?? '.', path: target }
  }
  const name = /^@left4me\/([^/]+)/.exec(specifier)?.[1]
  if (name === undefined) return null
  const owner = Object.keys(table).find(workspace => posix.basename(workspace) === name)
  return { owner: owner ?? specifier, path: null }
}

function isBuiltin(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier)
}

/** `@scope/name` or `name` of `@scope/name/file`. */
function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
