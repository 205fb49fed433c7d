import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { mkdir, open, readFile, stat, truncate } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { HostError } from '../host-error.ts'
import type { Layout } from '../layout.ts'
import type { SupervisorConfiguration } from './supervisor/configuration.ts'

const program = fileURLToPath(import.meta.resolve('./supervisor/main.ts'))
const guardScript = join(dirname(program), 'guard.sh')
const logLimit = 1024 * 1024

/**
 * Connects to the data directory's supervisor and starts it when there is none. Any number of processes may do this at
 * once: the guard's lock decides which supervisor stays. `node` runs it.
 */
export async function connectSupervisor(options: {
  readonly layout: Layout
  readonly node: string
  readonly configuration: SupervisorConfiguration
  /** Milliseconds until it is given up. */
  readonly patience: number
  readonly signal: AbortSignal
}): Promise<Socket> {
  const { layout, node, configuration, patience, signal } = options
  await mkdir(layout.run, { recursive: true, mode: 0o700 })
  const deadline = Date.now() + patience
  let guard: Guard | null = null
  for (;;) {
    signal.throwIfAborted()
    const socket = await connectOnce(layout)
    if (socket) return socket
    if (Date.now() > deadline) throw await startFailure(layout)
    if (!guard || guard.ended) guard = await startGuard(layout, node, configuration)
    await delay(guard.ended ? 100 : 10, undefined, { signal })
  }
}

/** null when nobody listens. */
async function connectOnce(layout: Layout): Promise<Socket | null> {
  const handle = await open(layout.run, 'r')
  try {
    const { promise, resolve } = Promise.withResolvers<Socket | null>()
    const socket = createConnection(`/proc/self/fd/${handle.fd}/${layout.supervisorSocketName}`)
    socket.once('connect', () => resolve(socket))
    socket.once('error', () => resolve(null))
    return await promise
  } finally {
    await handle.close()
  }
}

interface Guard {
  ended: boolean
}

async function startGuard(
  layout: Layout,
  node: string,
  configuration: SupervisorConfiguration,
): Promise<Guard> {
  const cache = join(layout.run, 'compile-cache')
  const logPath = join(layout.run, 'supervisor.log')
  const size = await stat(logPath).then(
    found => found.size,
    () => 0,
  )
  if (size > logLimit) await truncate(logPath)
  const environment = {
    PATH: '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    UV_THREADPOOL_SIZE: '2',
    NODE_COMPILE_CACHE: cache,
  }
  const command = [
    node,
    // Small young generation and heap: it handles lines and a few small objects.
    '--max-semi-space-size=1',
    '--max-old-space-size=96',
    '--disable-warning=ExperimentalWarning',
    program,
  ]
  const log = openSync(logPath, 'a', 0o600)
  try {
    // Stripping types costs 20 MB for as long as the process lives, unless the result is in the cache already.
    if (!existsSync(cache)) await warmUp([...command, '--warm-up'], environment, log)
    const { shell, flock } = configuration.programs
    const guard: Guard = { ended: false }
    const child = spawn(
      shell,
      [
        guardScript,
        join(layout.run, 'supervisor.lock'),
        flock,
        String(configuration.timings.supervisorRestart / 1000),
        ...command,
        JSON.stringify(configuration),
      ],
      { cwd: '/', detached: true, stdio: ['ignore', log, log], env: environment },
    )
    child.once('error', () => {
      guard.ended = true
    })
    child.once('exit', () => {
      guard.ended = true
    })
    child.unref()
    return guard
  } finally {
    closeSync(log)
  }
}

async function warmUp(command: readonly string[], env: Record<string, string>, log: number): Promise<void> {
  const [node, ...rest] = command
  if (node === undefined) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const child = spawn(node, rest, { cwd: '/', stdio: ['ignore', log, log], env })
  child.once('error', () => resolve())
  child.once('exit', () => resolve())
  await promise
}

async function startFailure(layout: Layout): Promise<HostError> {
  const text = await readFile(join(layout.run, 'supervisor.log'), 'utf8').catch(() => '')
  const last = text.trimEnd().split('\n').slice(-3).join(' ').slice(-500)
  return new HostError('unavailable', `The supervisor of the servers doesn't start. ${last}`.trim(), {
    remedy: `See ${join(layout.run, 'supervisor.log')}.`,
  })
}
