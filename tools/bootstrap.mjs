/**
 * What `npm start`, `npm test` and their like run first, on whatever Node (20 or newer) the machine has and with nothing
 * installed: installs the dependencies when they don't match package-lock.json, builds the web application when its
 * sources changed, and becomes Node 24, which npm installed, running the task.
 */

import { becomeProgram, runProgram } from '../apps/cli/bin/run-program.mjs'
import { dependenciesMatch } from './bootstrap/dependencies.mjs'
import { fail } from './bootstrap/fail.mjs'
import { whyUnsupported } from './bootstrap/platform.mjs'
import { pinnedNode, repository } from './bootstrap/repository.mjs'
import { tasks } from './bootstrap/tasks.mjs'
import { webApplicationIsFresh } from './bootstrap/web-application.mjs'

const [name = '', ...rest] = process.argv.slice(2)
const task = tasks[name]
if (!task) fail(`there is no task “${name}”; there are ${Object.keys(tasks).join(', ')}`)

const unsupported = whyUnsupported({
  platform: process.platform,
  arch: process.arch,
  nodeVersion: process.versions.node,
})
if (unsupported !== null) fail(unsupported)

const ready =
  dependenciesMatch(repository) && (!task.needsWebApplication || webApplicationIsFresh(repository))
if (!ready) {
  const prepare = [process.execPath, `${repository}/tools/bootstrap/prepare.mjs`, name]
  // The lock is the folder itself: the kernel gives it back when the holder ends, however it ends.
  const exitCode = await runProgram('flock', [`${repository}/tools`, ...prepare]).catch(error =>
    fail(`flock (package util-linux) could not be run: ${error instanceof Error ? error.message : error}`),
  )
  if (exitCode !== 0) process.exit(exitCode)
}

process.env['PATH'] = `${repository}/node_modules/.bin:${process.env['PATH'] ?? ''}`
process.exitCode = await becomeProgram(pinnedNode, [`${repository}/${task.main}`, ...rest]).catch(error =>
  fail(`Node 24 could not be run: ${error instanceof Error ? error.message : error}`),
)
