/**
 * Installs and builds what the task named by the only argument lacks. Runs under flock(1), so that two that start at
 * once don't install into the same folder; looks again, since another may have done it while this one waited.
 */
import { dependenciesMatch, installDependencies } from './dependencies.mjs'
import { pinnedNode, repository } from './repository.mjs'
import { tasks } from './tasks.mjs'
import { buildWebApplication, webApplicationIsFresh } from './web-application.mjs'

const task = tasks[process.argv[2] ?? '']
if (!dependenciesMatch(repository)) installDependencies(repository)
if (task?.needsWebApplication && !webApplicationIsFresh(repository))
  buildWebApplication(repository, pinnedNode)
