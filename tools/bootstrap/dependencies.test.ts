import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dependenciesMatch, sameDependencies } from './dependencies.mjs'
import { repository } from './repository.mjs'

const lockfile = {
  packages: {
    '': { version: '1.0.0' },
    'node_modules/a': { version: '1.2.3', integrity: 'sha512-a' },
    'node_modules/b': { version: '2.0.0', integrity: 'sha512-b', optional: true },
  },
}
const a = { 'node_modules/a': lockfile.packages['node_modules/a'] }
const b = { 'node_modules/b': lockfile.packages['node_modules/b'] }

describe('installed dependencies', () => {
  it('match when all that is not optional is there', () => {
    expect(sameDependencies(lockfile, { packages: { ...a, ...b } })).toBe(true)
    expect(sameDependencies(lockfile, { packages: a })).toBe(true)
  })

  it.each([
    ['one is missing', b],
    ['one has another version', { 'node_modules/a': { version: '1.2.4', integrity: 'sha512-a' } }],
    ['one has another content', { 'node_modules/a': { version: '1.2.3', integrity: 'sha512-x' } }],
    ['an optional one has another version', { ...a, 'node_modules/b': { version: '2.0.1' } }],
    ['there is one too many', { ...a, 'node_modules/c': { version: '1.0.0' } }],
  ])('do not match when %s', (_, packages) => {
    expect(sameDependencies(lockfile, { packages })).toBe(false)
  })

  it('match in this checkout, in which the tests run', () => {
    expect(dependenciesMatch(repository)).toBe(true)
  })
})

describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync(`${repository}/package-lock.json`, 'utf8')) as {
    packages: Record<
      string,
      { optionalDependencies?: Record<string, string>; hasInstallScript?: boolean; resolved?: string }
    >
  }

  /** The folder in which Node finds `name` from the package at `path`. */
  function resolve(path: string, name: string): string | undefined {
    const found = `${path === '' ? '' : `${path}/`}node_modules/${name}`
    if (found in packages) return found
    if (path === '') return undefined
    const parent = path.lastIndexOf('node_modules/')
    return resolve(parent <= 0 ? '' : path.slice(0, parent - 1), name)
  }

  // npm ci refuses a lockfile that lacks one, and npm leaves out those that the registry at hand hasn't got.
  it('holds the optional packages of every platform', () => {
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter(name => resolve(path, name) === undefined),
    )
    expect(missing).toEqual([])
  })

  it('has no package that needs an install script', () => {
    expect(Object.entries(packages).filter(([, entry]) => entry.hasInstallScript)).toEqual([])
  })

  it('names no registry', () => {
    const hosts = Object.values(packages).filter(entry => entry.resolved?.includes('://'))
    expect(hosts).toEqual([])
  })
})
