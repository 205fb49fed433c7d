import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { descendants, readProcess } from './process-table.ts'
import { waitFor } from './wait-for.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** A running `npm start`. */
export interface Left4me {
  /** For example `http://127.0.0.1:40123`. */
  readonly url: string
  /** The one-time link that makes the first admin; null once there is one. */
  readonly setUpLink: string | null
  /** Of the web application itself, below npm. */
  readonly pid: number
  output(): string
  /** SIGTERM to npm, as a terminal or a supervisor would; resolves with npm's exit code. */
  stop(): Promise<number | null>
  /** SIGKILL to the web application, which then can do nothing any more. */
  kill(): Promise<void>
}

/**
 * Starts `npm start` with a data directory of its own on a free port; resolves when it listens. Rejects with its output
 * when it ends before.
 */
export async function startLeft4me(
  root: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Left4me> {
  const npm = spawn('npm', ['start'], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...withoutOurs(process.env), LEFT4ME_ROOT: root, LEFT4ME_LISTEN: '127.0.0.1:0', ...environment },
  })
  const ended = once(npm, 'exit')
  let output = ''
  npm.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  npm.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  const hasEnded = () => npm.exitCode !== null || npm.signalCode !== null

  const url = await waitFor('left4me to listen', () => {
    if (hasEnded()) throw new Error(`npm start ended:\n${output}`)
    return /listening on (http:\/\/127\.0\.0\.1:\d+)\s/.exec(output)?.[1]
  }).catch((error: unknown) => {
    npm.kill()
    throw new Error(`left4me did not start:\n${output}`, { cause: error })
  })
  const web = await waitFor('the process of the web application', () =>
    descendants(npm.pid ?? 0).find(({ commandLine }) =>
      commandLine.some(argument => argument.endsWith('apps/server/src/main.ts')),
    ),
  )
  return {
    url,
    // Printed a moment after it listens, and read when it is needed.
    get setUpLink() {
      return /(https?:\/\/127\.0\.0\.1:\d+\/\S*set-?up\S*)\s/i.exec(output)?.[1] ?? null
    },
    pid: web.pid,
    output: () => output,
    stop: async () => {
      if (!hasEnded()) {
        npm.kill('SIGTERM')
        await ended
      }
      return npm.exitCode
    },
    kill: async () => {
      process.kill(web.pid, 'SIGKILL')
      await waitFor('the web application to be gone', () => readProcess(web.pid) === null)
      await ended
    },
  }
}

/** The environment without what would change how left4me or npm start: only the test decides. */
function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours =
    /^(LEFT4ME_|npm_|VITEST|NODE_ENV$|NODE_OPTIONS$|DATABASE_URL$|SECRET_KEY$|JOB_WORKER_THREADS$|TEST$)/
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)))
}
