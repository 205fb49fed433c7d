/**
 * `npm run bench:deploy-workload`, which is timed from outside: where everything is installed it begins at once, on the
 * Node that npm has put on PATH, instead of looking again.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../../apps/cli/bin/run-program.mjs'

const installed = existsSync(new URL('../../node_modules/@left4me/converge', import.meta.url))
if (installed && Number.parseInt(process.versions.node, 10) >= 24) await import('./workload-program.ts')
else {
  const bootstrap = fileURLToPath(new URL('../../tools/bootstrap.mjs', import.meta.url))
  process.exitCode = await runProgram(process.execPath, [bootstrap, 'bench:deploy-workload'])
}
