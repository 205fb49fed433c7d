import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { isSea } from 'node:sea'
import { shellWord, srcdsLinux, srcdsRun } from './game-scripts.ts'
import type { TreeFile } from './game-tree.ts'

/** A simulated server keeps next to nothing: a small young generation and one helper thread are plenty. */
export const heapFlags = [
  '--max-semi-space-size=1',
  '--max-old-space-size=64',
  '--v8-pool-size=1',
  '--disable-warning=ExperimentalWarning',
]

/**
 * The engine of a game tree, and what starts it. Installed out of a checkout: the simulator's own modules as JavaScript,
 * so that an installation stays what it is while the checkout changes, and so that no server pays for reading
 * TypeScript. Installed by the executable: the executable itself.
 */
export function programFiles(): TreeFile[] {
  const [command, files] = isSea() ? engineOfExecutable() : engineOfSources()
  return [
    ...files,
    { path: 'srcds_run', content: srcdsRun, executable: true },
    { path: 'srcds_linux', content: srcdsLinux(command), executable: true },
  ]
}

function engineOfExecutable(): [string[], TreeFile[]] {
  const path = 'bin/left4me-simulator'
  return [[`"$here"/${path}`, 'srcds'], [{ path, copyOf: process.execPath, executable: true }]]
}

function engineOfSources(): [string[], TreeFile[]] {
  const folder = 'bin/simulator'
  const source = join(import.meta.dirname, '..')
  const main = join(source, 'srcds/main.ts')
  const modules = [...modulesOf(main)].map(([path, text]) => ({
    path: `${folder}/${relative(source, path).replace(/\.ts$/, '.js')}`,
    content: stripTypeScriptTypes(text).replaceAll(relativeImport, "$1'$2.js'"),
  }))
  const manifest = { path: `${folder}/package.json`, content: '{ "type": "module" }\n' }
  return [
    [shellWord(process.execPath), ...heapFlags, `"$here"/${folder}/srcds/main.js`],
    [...modules, manifest],
  ]
}

const relativeImport = /(from )'(\.[^']*)\.ts'/g

/** A module and everything that it imports from here, each with its text. */
function modulesOf(main: string): Map<string, string> {
  const texts = new Map<string, string>()
  const waiting = [main]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (texts.has(path)) continue
    const text = readFileSync(path, 'utf8')
    texts.set(path, text)
    for (const [, , imported] of text.matchAll(relativeImport)) {
      waiting.push(join(dirname(path), `${imported ?? ''}.ts`))
    }
  }
  return texts
}
