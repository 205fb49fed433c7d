import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { removeTree } from '../../files/remove-tree.ts'
import type { InstanceReason, InstanceSpecification, InstanceStatus, LogLine } from '../../host.ts'
import { HostError } from '../../host-error.ts'
import { installationPlace } from '../../installation/installation-folder.ts'
import { crashReason, startLimitReason } from '../../instance/crash-reason.ts'
import { describeExit, exitOf } from '../../instance/exit.ts'
import { diskFull, reasonOf } from '../../instance/failure.ts'
import { neverStartedError } from '../../instance/status.ts'
import type { Layout } from '../../layout.ts'
import { InstanceLog } from '../log/instance-log.ts'
import type { SupervisorConfiguration } from './configuration.ts'
import { delayUntil, judgeCrash } from './crash-policy.ts'
import type { FoundHolder } from './holders.ts'
import {
  type Identity,
  type InstanceRecord,
  type Run,
  readSpecification,
  writeSpecification,
} from './instance-record.ts'
import { InstanceState } from './instance-state.ts'
import type { Patience } from './protocol.ts'
import { RunningServer } from './running-server.ts'

/** A namespace's first process that doesn't get to write its status down was killed: it ignores every other signal. */
const killedStatus = 137

/** What a start that isn't an automatic restart begins with. */
const firstStart = { crashes: [], consecutive: 0, restarts: 0, restartAt: null }

const defaultPatience: Patience = { quit: 0, interrupt: 10_000, terminate: 5000 }

export interface InstanceOptions {
  readonly layout: Layout
  readonly configuration: SupervisorConfiguration
  readonly bootId: string
  readonly publish: (status: InstanceStatus) => void
  readonly publishLines: (instanceId: number, lines: LogLine[]) => void
}

/**
 * One instance: what is wanted of it, what runs of it, and what follows when these differ. Whatever changes it goes
 * through one queue, so that two commands never act at once; a crash is a command like any other.
 */
export class Instance {
  readonly instanceId: number
  readonly #layout: Layout
  readonly #configuration: SupervisorConfiguration
  readonly #bootId: string
  readonly #log: InstanceLog
  readonly #state: InstanceState
  #specification: InstanceSpecification | null
  #server: RunningServer | null = null
  #queue: Promise<unknown> = Promise.resolve()
  #restartTimer: NodeJS.Timeout | null = null
  /** Ends the polite step of stops, also of one that hasn't begun. */
  readonly #hurries = new Set<AbortController>()
  /** Work on its files that a start has to wait for. */
  readonly #holds = new Set<Promise<void>>()

  private constructor(
    instanceId: number,
    options: InstanceOptions,
    log: InstanceLog,
    state: InstanceState,
    specification: InstanceSpecification | null,
  ) {
    this.instanceId = instanceId
    this.#layout = options.layout
    this.#configuration = options.configuration
    this.#bootId = options.bootId
    this.#log = log
    this.#state = state
    this.#specification = specification
  }

  static async open(instanceId: number, options: InstanceOptions): Promise<Instance> {
    const paths = options.layout.instance(instanceId)
    let instance: Instance | null = null
    const log = await InstanceLog.open(paths.log, options.configuration.log, lines => {
      options.publishLines(instanceId, lines)
      instance?.resumeConsole()
    })
    const state = await InstanceState.open(instanceId, paths, options.bootId, options.publish)
    instance = new Instance(instanceId, options, log, state, await readSpecification(paths))
    return instance
  }

  get status(): InstanceStatus {
    return this.#state.status
  }

  /** It runs, or is meant to. */
  get active(): boolean {
    return this.#state.record.desired === 'running' || this.#server !== null
  }

  resumeConsole(): void {
    this.#server?.resumeConsole()
  }

  /** The sequence of the newest line that was handed on; lines after it come as `publishLines`. */
  async logPosition(): Promise<number> {
    await this.#log.flush()
    return this.#log.lastSequence
  }

  start(specification: InstanceSpecification): Promise<InstanceStatus> {
    return this.#serially(async () => {
      if (this.#server) return this.status
      this.#clearRestart()
      try {
        // An automatic restart has the same game files, whatever is current by then.
        this.#specification = await withInstallation(this.#layout, specification)
        await this.#persistWish(this.#specification)
        await this.#launch()
      } catch (error) {
        await this.#fail(reasonOf(error))
        throw diskFull(error) ?? error
      }
      return this.status
    })
  }

  stop(patience: Patience): Promise<InstanceStatus> {
    const hurry = new AbortController()
    this.#hurries.add(hurry)
    const stopped = this.#serially(async () => {
      this.#clearRestart()
      const server = this.#server
      if (!server) {
        if (this.#state.record.desired === 'stopped' && this.#state.record.phase === 'stopped')
          return this.status
        await this.#state.note({ desired: 'stopped', phase: 'stopped', restartAt: null, reason: null })
        return this.status
      }
      await this.#state.note({ desired: 'stopped', phase: 'stopping', reason: null, stopping: patience })
      await server.end(patience, hurry.signal)
      await this.#ended(server)
      return this.status
    })
    return stopped.finally(() => this.#hurries.delete(hurry))
  }

  hurry(): void {
    for (const hurry of this.#hurries) hurry.abort()
  }

  setStartAtBoot(enabled: boolean): Promise<void> {
    return this.#serially(async () => {
      if (enabled && !this.#specification) throw neverStartedError(this.instanceId)
      if (enabled !== this.#state.record.startAtBoot) await this.#state.persist({ startAtBoot: enabled })
    })
  }

  reset(): Promise<void> {
    return this.#serially(async () => {
      this.#refuseWhileActive()
      const runtime = this.#layout.runtimeOf(this.instanceId)
      await removeTree(runtime.folder)
    })
  }

  remove(): Promise<void> {
    return this.#serially(async () => {
      this.#refuseWhileActive()
      await this.#log.close()
      await removeTree(this.#layout.runtimeOf(this.instanceId).folder)
      await removeTree(this.#layout.instance(this.instanceId).folder)
    })
  }

  /** null when it runs. Otherwise its next start waits until the returned function is called. */
  hold(): Promise<(() => void) | null> {
    return this.#serially(async () => {
      if (this.#server) return null
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#holds.add(promise)
      return () => {
        this.#holds.delete(promise)
        resolve()
      }
    })
  }

  /**
   * Takes up what an earlier supervisor left: `found` are the stages of this instance that run. Then makes what is
   * wanted true again.
   */
  recover(found: readonly FoundHolder[]): Promise<void> {
    return this.#serially(async () => {
      const [first] = found
      // A running server whose record is damaged is believed to be wanted.
      if (this.#state.isNew && first) {
        const run = { nonce: first.nonce, startedAt: Date.now(), holder: null, main: null }
        await this.#state.note({ desired: 'running', run })
      }
      if (this.#rebooted) await this.#boot()
      const { run } = this.#state.record
      const ours = found.find(holder => holder.nonce === run?.nonce)
      // Nothing may use the upper besides the run that is known.
      for (const stray of found)
        if (stray !== ours) await RunningServer.adopt(this.#serverOptions(stray.nonce), stray).kill()
      if (run && ours) await this.#adopt(run, ours)
      else if (run) await this.#missed(run)
      else if (this.#state.record.desired === 'running')
        this.#scheduleRestart(
          delayUntil(this.#state.record.restartAt, Date.now(), this.#configuration.timings),
        )
      if (this.#state.record.desired === 'stopped' && this.#server)
        void this.stop(this.#state.record.stopping ?? defaultPatience).catch(report)
    })
  }

  /** It ended while no supervisor was there. */
  async #missed(run: Run): Promise<void> {
    const exit = exitOf((await this.#exitStatus()) ?? killedStatus)
    if (this.#state.record.desired === 'stopped') await this.#settle(exit)
    else await this.#crashed(run, exit, [])
  }

  get #rebooted(): boolean {
    const { bootId } = this.#state.record
    return bootId !== null && bootId !== this.#bootId
  }

  /** The machine was started anew since the record was written: whatever ran is gone, and that was no crash. */
  async #boot(): Promise<void> {
    const { startAtBoot, run, lastExit, phase, reason } = this.#state.record
    const failed = phase === 'failed' && !startAtBoot
    await this.#state.note({
      desired: startAtBoot ? 'running' : 'stopped',
      phase: failed ? 'failed' : 'stopped',
      reason: failed ? reason : null,
      lastExit: run ? exitOf(null) : lastExit,
      ...firstStart,
      stopping: null,
      run: null,
    })
    if (startAtBoot) void this.#serially(() => this.#launchAgain()).catch(report)
  }

  /** Without effect on the server. */
  async close(): Promise<void> {
    this.#clearRestart()
    await this.#queue.catch(() => undefined)
    this.#server?.abandon()
    await this.#log.close()
  }

  async #adopt(run: Run, found: Identity): Promise<void> {
    const server = RunningServer.adopt(this.#serverOptions(run.nonce), found)
    this.#server = server
    this.#watch(server)
    const main = await server.findMain(this.#configuration.timings.launch)
    await this.#state.note({ run: { ...run, holder: found, main } })
    if (this.#state.record.desired === 'running' && this.#state.record.phase !== 'running')
      await this.#state.note({ phase: 'running', restartAt: null, reason: null })
  }

  async #persistWish(specification: InstanceSpecification): Promise<void> {
    const paths = this.#layout.instance(this.instanceId)
    await mkdir(paths.folder, { recursive: true, mode: 0o700 })
    await writeSpecification(paths, specification)
    await this.#state.persist({
      desired: 'running',
      reason: null,
      ...firstStart,
    })
  }

  async #launch(): Promise<void> {
    await Promise.all(this.#holds)
    const specification = this.#specification
    if (!specification)
      throw new HostError('start-failed', 'What the server was started with can not be read.')
    const run: Run = {
      nonce: randomUUID(),
      startedAt: Date.now(),
      holder: null,
      main: null,
    }
    const server = await RunningServer.launch(this.#serverOptions(run.nonce), specification, async holder => {
      // First without, then with the holder: killed between, the nonce finds it.
      await this.#state.persist({ run: { ...run, holder } })
    }).catch(async (error: unknown) => {
      await this.#state.note({ run: null })
      throw error
    })
    this.#server = server
    await this.#state.note({
      phase: 'running',
      restartAt: null,
      reason: null,
      run: { ...run, holder: server.holder, main: server.main },
    })
    this.#watch(server)
  }

  #serverOptions(nonce: string) {
    return {
      instanceId: this.instanceId,
      layout: this.#layout,
      configuration: this.#configuration,
      nonce,
      append: (lines: string[]) => this.#log.append(lines),
      backlog: () => this.#log.backlog,
    }
  }

  #watch(server: RunningServer): void {
    void server.gone.then(() => this.#serially(() => this.#ended(server))).catch(report)
  }

  /** The server's processes are all gone. Runs once for each server. */
  async #ended(server: RunningServer): Promise<void> {
    if (this.#server !== server) return
    this.#server = null
    const exit = exitOf((await this.#exitStatus()) ?? killedStatus)
    const { run, desired } = this.#state.record
    if (desired === 'running' && run) await this.#crashed(run, exit, server.lastLines)
    else await this.#settle(exit)
  }

  async #settle(lastExit: InstanceStatus['lastExit']): Promise<void> {
    this.#log.append(['left4me: the server was stopped'])
    await this.#state.note({ phase: 'stopped', lastExit, stopping: null, restartAt: null, run: null })
  }

  async #crashed(run: Run, lastExit: InstanceStatus['lastExit'], lines: readonly string[]): Promise<void> {
    await this.#tryAgain({
      ranFor: Date.now() - run.startedAt,
      what: `the server ${describeExit(lastExit)}`,
      change: { lastExit, run: null },
      reason: crashReason(lastExit, lines),
      lastReason: startLimitReason(describeExit(lastExit), lines, this.#configuration.timings),
    })
  }

  /** After a crash or a restart that failed: another one later, or none any more. */
  async #tryAgain(failure: {
    readonly ranFor: number
    /** For the log. */
    readonly what: string
    readonly change: Partial<InstanceRecord>
    readonly reason: InstanceReason
    /** The reason when this was one too many. */
    readonly lastReason: InstanceReason
  }): Promise<void> {
    const now = Date.now()
    const { action, delay, crashes, consecutive } = judgeCrash(
      this.#state.record,
      now,
      failure.ranFor,
      this.#configuration.timings,
    )
    const change = { ...failure.change, crashes, consecutive }
    if (action === 'give-up') {
      this.#log.append([`left4me: ${failure.what}; that was one time too many, it isn't started again`])
      await this.#fail(failure.lastReason, change)
      return
    }
    this.#log.append([`left4me: ${failure.what}; it is started again in ${delay / 1000} s`])
    await this.#state.note({
      ...change,
      phase: 'restarting',
      restartAt: now + delay,
      reason: failure.reason,
    })
    this.#scheduleRestart(delay)
  }

  #scheduleRestart(after: number): void {
    this.#clearRestart()
    this.#restartTimer = setTimeout(() => {
      this.#restartTimer = null
      void this.#serially(() => this.#restart()).catch(report)
    }, after)
  }

  async #restart(): Promise<void> {
    if (this.#state.record.desired !== 'running' || this.#server) return
    await this.#state.note({ restarts: this.#state.record.restarts + 1 })
    await this.#launchAgain()
  }

  /** Without anybody who waits for it. */
  async #launchAgain(): Promise<void> {
    try {
      await this.#launch()
    } catch (error) {
      const reason = reasonOf(error)
      await this.#tryAgain({ ranFor: 0, what: reason.message, change: {}, reason, lastReason: reason })
    }
  }

  async #fail(reason: InstanceReason, change: Partial<InstanceRecord> = {}): Promise<void> {
    await this.#state.note({
      ...change,
      desired: 'stopped',
      phase: 'failed',
      reason,
      restartAt: null,
      stopping: null,
      run: null,
    })
  }

  /** Of the last run, as its stage script wrote it down. */
  async #exitStatus(): Promise<number | null> {
    const text = await readFile(this.#layout.instance(this.instanceId).exit, 'latin1').catch(() => '')
    return /^\d{1,3}\n$/.test(text) ? Number(text) : null
  }

  #refuseWhileActive(): void {
    if (this.active)
      throw new HostError('instance-running', `Server ${this.instanceId} is running.`, {
        remedy: 'Stop it first.',
      })
  }

  #clearRestart(): void {
    if (this.#restartTimer) clearTimeout(this.#restartTimer)
    this.#restartTimer = null
  }

  #serially<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(action)
    this.#queue = result.catch(() => undefined)
    return result
  }
}

async function withInstallation(
  layout: Layout,
  specification: InstanceSpecification,
): Promise<InstanceSpecification> {
  const { revision } = await installationPlace(layout, specification.installation)
  return revision === null ? specification : { ...specification, installation: revision }
}

function report(error: unknown): void {
  console.error(error)
}
