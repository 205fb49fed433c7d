import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { InstanceSpecification } from '../../host.ts'
import { HostError } from '../../host-error.ts'
import type { Layout } from '../../layout.ts'
import { descendantsOf, indexByParent, isAlive, readProcess, readProcessTable } from '../process-table.ts'
import { isWaitingShell, serverTree } from '../process-tree.ts'
import type { SupervisorConfiguration } from './configuration.ts'
import { ConsoleReader } from './console-reader.ts'
import type { Identity } from './instance-record.ts'
import type { Patience } from './protocol.ts'
import { type Holder, prepareStage, spawnStage } from './stage.ts'
import { describeStageFailure } from './stage-failure.ts'

export interface RunningServerOptions {
  readonly instanceId: number
  readonly layout: Layout
  readonly configuration: SupervisorConfiguration
  readonly nonce: string
  readonly append: (lines: string[]) => void
  /** Bytes of console output that wait to be written. */
  readonly backlog: () => number
}

const backlogHigh = 1024 * 1024
const backlogLow = 256 * 1024
const keptLines = 40
const killPatience = 15_000

/** The processes of one run, from the moment they are spawned or found until the last of them is gone. */
export class RunningServer {
  readonly #instanceId: number
  readonly #console: ConsoleReader
  readonly #backlog: () => number
  readonly #started: Promise<void>
  #paused = false
  #holder: Identity
  #main: Identity | null = null
  readonly #lines: string[] = []
  /** Resolves when every process is gone, the mounts with them, and the last console line was handed on. */
  readonly gone: Promise<void>

  private constructor(
    options: RunningServerOptions,
    holder: Identity,
    reader: { console: ConsoleReader; started: Promise<void>; lines: string[] },
    exited: Promise<void> | null,
  ) {
    this.#instanceId = options.instanceId
    this.#backlog = options.backlog
    this.#holder = holder
    this.#console = reader.console
    this.#started = reader.started
    this.#lines = reader.lines
    this.gone = this.#watch(exited)
  }

  /** Rejects after whatever was begun has been undone. `onHolder` is awaited: the record is written before each step. */
  static async launch(
    options: RunningServerOptions,
    specification: InstanceSpecification,
    onHolder: (holder: Identity | null) => Promise<void>,
  ): Promise<RunningServer> {
    const { layout, configuration, nonce } = options
    await prepareStage(layout, configuration, specification)
    await onHolder(null)
    const reader = readConsole(options)
    let child: Holder
    try {
      child = spawnStage(layout, configuration, specification, nonce)
    } catch (error) {
      reader.console.close()
      throw error
    }
    const holder = { pid: child.pid, start: readProcess(child.pid)?.start ?? '' }
    const server = new RunningServer(options, holder, reader, child.exited)
    reader.attach(server)
    const timeout = new AbortController()
    try {
      await onHolder(holder)
      const outcome = await Promise.race([
        server.#started.then(() => 'started' as const),
        server.gone.then(() => 'gone' as const),
        delay(configuration.timings.launch, 'timeout' as const, { signal: timeout.signal, ref: false }),
      ])
      if (outcome === 'gone') throw await stageFailure(layout, options.instanceId)
      if (outcome === 'timeout')
        throw new HostError('start-failed', 'The program was not executed in time.', {
          remedy: 'See whether the machine is overloaded, then start the server again.',
        })
      await server.findMain(configuration.timings.launch)
      return server
    } catch (error) {
      await server.kill()
      throw error
    } finally {
      timeout.abort()
    }
  }

  /** Takes up a server that another supervisor launched. */
  static adopt(options: RunningServerOptions, holder: Identity): RunningServer {
    const reader = readConsole(options)
    const server = new RunningServer(options, holder, reader, null)
    reader.attach(server)
    return server
  }

  get holder(): Identity {
    return this.#holder
  }

  get main(): Identity | null {
    return this.#main
  }

  /** The newest console lines of this run, oldest first. */
  get lastLines(): readonly string[] {
    return this.#lines
  }

  /** The program's own process, as soon as there is one; null when there is none within `patience` ms. */
  async findMain(patience: number): Promise<Identity | null> {
    const deadline = Date.now() + patience
    for (;;) {
      const main = serverTree(readProcessTable(), this.#holder.pid)?.main
      if (main) this.#main = { pid: main.pid, start: main.start }
      if (this.#main || Date.now() >= deadline || !isAlive(this.#holder)) return this.#main
      await delay(10)
    }
  }

  /** Asks by ever harder means until it is gone. `hurry` ends the first step, in which the caller asks politely. */
  async end(patience: Patience, hurry: AbortSignal): Promise<void> {
    if (this.#main) {
      if (patience.quit > 0 && (await this.#isGoneWithin(patience.quit, hurry))) return
      this.#signalGame('SIGINT')
      if (await this.#isGoneWithin(patience.interrupt)) return
      this.#signalGame('SIGTERM')
      if (await this.#isGoneWithin(patience.terminate)) return
    }
    await this.kill()
  }

  async kill(): Promise<void> {
    const tree = serverTree(readProcessTable(), this.#holder.pid)
    // The namespace's first process takes all others along, and the holder ends after it. Without one the holder does.
    signal(tree ? tree.init : this.#holder, 'SIGKILL')
    if (await this.#isGoneWithin(killPatience / 2)) return
    signal(this.#holder, 'SIGKILL')
    if (await this.#isGoneWithin(killPatience / 2)) return
    throw new HostError(
      'start-failed',
      `Server ${this.#instanceId} can not be killed: the kernel holds its processes.`,
      {
        remedy: 'See whether a disk hangs; a restart of the machine ends it.',
      },
    )
  }

  resumeConsole(): void {
    if (!this.#paused || this.#backlog() > backlogLow) return
    this.#paused = false
    this.#console.resume()
  }

  /** Stops watching. The server goes on; its output waits in the FIFO. */
  abandon(): void {
    this.#console.close()
  }

  pauseConsole(): void {
    if (this.#paused || this.#backlog() < backlogHigh) return
    this.#paused = true
    this.#console.pause()
  }

  /**
   * To every process of the game but its runner: `srcds_run` is a shell script, which a signal would end at once, and
   * the game with it before it has ended in its own time. The runner ends when its child has.
   */
  #signalGame(name: NodeJS.Signals): void {
    const table = readProcessTable()
    const tree = serverTree(table, this.#holder.pid)
    if (!tree) return
    const spared = [
      tree.terminal?.pid,
      tree.main && isWaitingShell(table, tree.main.pid) ? tree.main.pid : null,
    ]
    for (const entry of descendantsOf(indexByParent(table), tree.init.pid)) {
      // The pseudo-terminal's owner would hang up.
      if (!spared.includes(entry.pid)) signal(entry, name)
    }
  }

  async #isGoneWithin(milliseconds: number, hurry?: AbortSignal): Promise<boolean> {
    const timer = new AbortController()
    const waiting = hurry ? AbortSignal.any([timer.signal, hurry]) : timer.signal
    const waited = delay(milliseconds, false, { signal: waiting }).catch(() => false)
    const gone = await Promise.race([this.gone.then(() => true), waited])
    timer.abort()
    return gone
  }

  async #watch(exited: Promise<void> | null): Promise<void> {
    if (exited) await exited
    else {
      const poll = new AbortController()
      // The end of the console tells at once; looking now and then covers what it can't tell.
      void this.#console.ended.then(() => poll.abort())
      while (isAlive(this.#holder))
        await delay(
          poll.signal.aborted ? 10 : 500,
          undefined,
          poll.signal.aborted ? {} : { signal: poll.signal },
        ).catch(() => undefined)
    }
    const timer = new AbortController()
    await Promise.race([
      this.#console.ended,
      delay(5000, undefined, { signal: timer.signal }).catch(() => undefined),
    ])
    timer.abort()
    this.#console.close()
  }
}

async function stageFailure(layout: Layout, instanceId: number): Promise<HostError> {
  const text = await readFile(layout.instance(instanceId).stageLog, 'utf8').catch(() => '')
  return describeStageFailure(text, layout.runtimeOf(instanceId).upper)
}

function readConsole(options: RunningServerOptions) {
  const { promise: started, resolve: onStarted } = Promise.withResolvers<void>()
  const lines: string[] = []
  let server: RunningServer | null = null
  const console = new ConsoleReader({
    path: options.layout.instance(options.instanceId).output,
    nonce: options.nonce,
    onStarted,
    onLines: read => {
      lines.push(...read.slice(-keptLines))
      lines.splice(0, lines.length - keptLines)
      options.append(read)
      server?.pauseConsole()
    },
  })
  return {
    console,
    started,
    lines,
    attach: (running: RunningServer) => {
      server = running
    },
  }
}

/** Only when the pid still belongs to the process that was meant. */
function signal(identity: Identity, name: NodeJS.Signals): void {
  if (!isAlive(identity)) return
  try {
    process.kill(identity.pid, name)
  } catch {
    // Gone in between.
  }
}
