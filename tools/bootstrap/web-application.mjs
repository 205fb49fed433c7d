import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fail } from './fail.mjs'

/** What the built web application is made of, relative to the repository. */
const sources = ['apps/web', 'packages/contract/src', 'package-lock.json', 'tsconfig.base.json']

/**
 * Whether apps/web/dist was built from the sources as they are now.
 * @param {string} root
 */
export function webApplicationIsFresh(root) {
  try {
    return readFileSync(stampPath(root), 'utf8') === hashOfSources(root)
  } catch {
    return false
  }
}

/**
 * @param {string} root
 * @param {string} node
 */
export function buildWebApplication(root, node) {
  process.stderr.write('left4me: building the web application …\n')
  const hash = hashOfSources(root)
  const vite = spawnSync(node, [`${root}/node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'warn'], {
    cwd: `${root}/apps/web`,
    stdio: ['ignore', 2, 2],
  })
  if (vite.error) fail(`the web application could not be built: ${vite.error.message}`)
  if (vite.status !== 0) fail('the web application could not be built, see above')
  // Vite empties dist before it writes: the stamp is only there when the build was finished.
  writeFileSync(stampPath(root), hash)
}

/** @param {string} root */
function stampPath(root) {
  return `${root}/apps/web/dist/built-from`
}

/**
 * @param {string} root
 * @returns {string}
 */
export function hashOfSources(root) {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const path of filesBelow(`${root}/${source}`)) {
      hash.update(`${path.slice(root.length)}\0`)
      hash.update(createHash('sha256').update(readFileSync(path)).digest())
    }
  }
  return hash.digest('hex')
}

/**
 * Sorted, so that the hash doesn't depend on the file system.
 * @param {string} path
 * @returns {string[]}
 */
function filesBelow(path) {
  let entries
  try {
    entries = readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return [path]
    throw error
  }
  return entries
    .filter(
      entry => entry.name !== 'node_modules' && entry.name !== 'dist' && !/\.test\.tsx?$/.test(entry.name),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry =>
      entry.isDirectory()
        ? filesBelow(`${path}/${entry.name}`)
        : entry.isFile()
          ? [`${path}/${entry.name}`]
          : [],
    )
}
