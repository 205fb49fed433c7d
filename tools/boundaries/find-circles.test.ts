import { expect, test } from 'vitest'
import { findCircles } from './find-circles.ts'
import { readModule } from './read-module.ts'

/** What is found in files of which each has these imports. */
function circles(files: Readonly<Record<string, readonly string[]>>): string[] {
  const modules = Object.entries(files).map(([path, imports]) =>
    readModule(path, imports.map(line => `${line}\n`).join('')),
  )
  return findCircles(modules).map(({ path, line, rule }) => `${path}:${line}: ${rule}`)
}

test('files that import each other are named once, with the way from the first to itself and its line', () => {
  const found = circles({
    'packages/a/src/one.ts': ["import { x } from 'node:fs'", "import { two } from './inner/two.ts'"],
    'packages/a/src/inner/two.ts': ["export { three } from './three.ts'"],
    'packages/a/src/inner/three.ts': ["import { one } from '../one.ts'"],
    'packages/a/src/other.ts': ["import { one } from './one.ts'"],
  })
  expect(found).toEqual([
    'packages/a/src/inner/three.ts:1: imports itself: packages/a/src/inner/three.ts → packages/a/src/one.ts → packages/a/src/inner/two.ts → packages/a/src/inner/three.ts. Move what they share into a file of its own',
  ])
})

test.each([
  "import type { b } from './b.ts'",
  "const b = await import('./b.ts')",
  "type B = import('./b.ts').B",
])('a circle is one also by %s', text => {
  expect(circles({ 'src/a.ts': [text], 'src/b.ts': ["import './a.ts'"] })).toHaveLength(1)
})

test('two ways to the same file are no circle', () => {
  const diamond = { 'a.ts': ["import './b.ts'", "import './c.ts'"], 'b.ts': ["import './d.ts'"] }
  expect(circles({ ...diamond, 'c.ts': ["import './d.ts'"], 'd.ts': [] })).toEqual([])
})

test('each of two circles is found', () => {
  const two = circles({
    'a.ts': ["import './b.ts'"],
    'b.ts': ["import './a.ts'", "import './c.ts'"],
    'c.ts': ["import './d.ts'"],
    'd.ts': ["import './c.ts'"],
  })
  expect(two.map(line => line.slice(0, 4))).toEqual(['a.ts', 'c.ts'])
})
