import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { hashOfSources, webApplicationIsFresh } from './web-application.mjs'

/** A repository with the files that the build depends on. */
function repositoryWith(files: Record<string, string>) {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'left4me-web-'))
  const all = {
    'apps/web/src/main.tsx': 'main',
    'packages/contract/src/index.ts': 'contract',
    'package-lock.json': '{}',
    'tsconfig.base.json': '{}',
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(folder.path, dirname(path)), { recursive: true })
    writeFileSync(join(folder.path, path), text)
  }
  return folder
}

function hashWith(files: Record<string, string>): string {
  using folder = repositoryWith(files)
  return hashOfSources(folder.path)
}

it('hashes the same sources the same, wherever they are', () => {
  expect(hashWith({})).toBe(hashWith({}))
})

it.each(['apps/web/src/main.tsx', 'apps/web/new.css', 'packages/contract/src/index.ts', 'package-lock.json'])(
  'sees a change of %s',
  path => {
    expect(hashWith({ [path]: 'changed' })).not.toBe(hashWith({}))
  },
)

it.each([
  'apps/web/dist/index.html',
  'apps/web/node_modules/a/index.js',
  'apps/web/src/a.test.tsx',
  'README.md',
])('does not care about %s', path => {
  expect(hashWith({ [path]: 'changed' })).toBe(hashWith({}))
})

it('is fresh only when dist was built from these sources', () => {
  using never = repositoryWith({})
  expect(webApplicationIsFresh(never.path)).toBe(false)
  using before = repositoryWith({ 'apps/web/dist/built-from': hashWith({}) })
  expect(webApplicationIsFresh(before.path)).toBe(true)
  writeFileSync(join(before.path, 'apps/web/src/main.tsx'), 'changed')
  expect(webApplicationIsFresh(before.path)).toBe(false)
})
