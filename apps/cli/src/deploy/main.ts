import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createController, left4meNode } from '@left4me/deploy'
import { UsageError } from '../cli-error.ts'
import { run } from '../run.ts'
import { deployProgram } from './deploy-program.ts'
import { keyFile } from './key-file.ts'
import { stepLine } from './step-line.ts'

// Who reads only the beginning has what they want.
process.stdout.on('error', () => process.exit())

const { env } = process
const interruption = new AbortController()
// A second signal ends the process at once: the run on the machine goes on to the end of its step either way.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => interruption.abort(new Error('interrupted')))

const remark = (text: string) => process.stderr.write(`left4me-deploy: ${text}\n`)

// https://specifications.freedesktop.org/basedir-spec/latest/: relative paths don't count.
const userFolder = (variable: string, otherwise: string) =>
  env[variable]?.startsWith('/') ? env[variable] : join(homedir(), otherwise)
const keyPath =
  env['LEFT4ME_DEPLOY_KEY_FILE'] || join(userFolder('XDG_CONFIG_HOME', '.config'), 'left4me/deploy.key')

const controller = createController({
  key: keyFile(resolve(keyPath), {
    onMade: path =>
      remark(`made the deployment's key, ${path}. Keep a copy: without it all secrets of its hosts change.`),
  }),
  cacheFolder: join(userFolder('XDG_CACHE_HOME', '.cache'), 'left4me'),
})

process.exitCode = await run(
  process.argv.slice(2),
  deployProgram({
    nodesFolder: fileURLToPath(new URL('../../../../deploy/nodes', import.meta.url)),
    makeNode: (name, definition) => left4meNode(name, definition, controller),
    remark,
    showStep: process.stderr.isTTY ? stepLine(process.stderr) : null,
    colours: process.stdout.isTTY && !env['NO_COLOR'],
    signal: interruption.signal,
  }),
  {
    environment: env,
    write: text => process.stdout.write(text),
    askSecret: async (_, variable) => {
      throw new UsageError(`left4me-deploy asks nobody: set ${variable}`)
    },
  },
  text => process.stderr.write(text),
)
