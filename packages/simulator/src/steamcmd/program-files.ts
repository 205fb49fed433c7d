import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join, relative } from 'node:path'
import { srcdsLinux, srcdsRun } from './game-scripts.ts'
import type { TreeFile } from './game-tree.ts'

const programFolder = 'bin/simulator'

/**
 * The engine of a game tree: the simulator's own modules as JavaScript, so that an installation stays what it is while
 * the checkout changes, and so that no server pays for reading TypeScript at its start.
 *
 * `node` is the absolute path of the program that runs it.
 */
export function programFiles(node: string): TreeFile[] {
  const source = join(import.meta.dirname, '..')
  const shared = modulesIn(source).filter(path => !['index.ts', 'main.ts'].includes(relative(source, path)))
  const engine = readdirSync(join(source, 'srcds'), { withFileTypes: true, recursive: true })
    .filter(entry => entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name))
    .concat(join(source, 'srcds'))
    .flatMap(modulesIn)
  const modules = [...shared, ...engine].map(path => ({
    path: `${programFolder}/${relative(source, path).replace(/\.ts$/, '.js')}`,
    content: asJavaScript(readFileSync(path, 'utf8')),
  }))
  return [
    ...modules,
    { path: `${programFolder}/package.json`, content: '{ "type": "module" }\n' },
    { path: 'srcds_run', content: srcdsRun, executable: true },
    {
      path: 'srcds_linux',
      content: srcdsLinux([node, ...heapFlags], `${programFolder}/srcds/main.js`),
      executable: true,
    },
  ]
}

/** A simulated server keeps next to nothing: a small young generation and one helper thread are plenty. */
const heapFlags = [
  '--max-semi-space-size=1',
  '--max-old-space-size=64',
  '--v8-pool-size=1',
  '--disable-warning=ExperimentalWarning',
]

function modulesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map(name => join(folder, name))
}

function asJavaScript(typeScript: string): string {
  return stripTypeScriptTypes(typeScript).replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'")
}
