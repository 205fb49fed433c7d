import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { removeTree } from '../../files/remove-tree.ts'
import type { InstanceReason, InstanceSpecification, InstanceStatus, LogLine } from '../../host.ts'
import { HostError } from '../../host-error.ts'
import type { Layout } from '../layout.ts'
import { InstanceLog } from '../log/instance-log.ts'
import { bootId } from '../process-table.ts'
import type { SupervisorConfiguration } from './configuration.ts'
import { crashReason, describeExit, judgeCrash, startLimitReason } from './crash-policy.ts'
import type { FoundHolder } from './holders.ts'
import {
  type Identity,
  type InstanceRecord,
  newRecord,
  type Run,
  readRecord,
  readSpecification,
  writeRecord,
  writeSpecification,
} from './instance-record.ts'
import type { Patience } from './protocol.ts'
import { RunningServer } from './running-server.ts'
import { signalName } from './stage.ts'

const defaultPatience: Patience = { quit: 0, interrupt: 10_000, terminate: 5000 }

export interface InstanceOptions {
  readonly layout: Layout
  readonly configuration: SupervisorConfiguration
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
  readonly #publish: (status: InstanceStatus) => void
  readonly #log: InstanceLog
  #record: InstanceRecord
  readonly #unreadable: boolean
  #specification: InstanceSpecification | null
  #server: RunningServer | null = null
  #queue: Promise<unknown> = Promise.resolve()
  #restartTimer: NodeJS.Timeout | null = null
  /** Ends the polite step of a stop. */
  #hurry: AbortController | null = null
  /** Work on its files that a start has to wait for. */
  readonly #holds = new Set<Promise<void>>()

  private constructor(
    instanceId: number,
    options: InstanceOptions,
    log: InstanceLog,
    record: InstanceRecord | null,
    specification: InstanceSpecification | null,
  ) {
    this.instanceId = instanceId
    this.#layout = options.layout
    this.#configuration = options.configuration
    this.#publish = options.publish
    this.#log = log
    this.#record = record ?? { ...newRecord, since: Date.now() }
    this.#unreadable = record === null
    this.#specification = specification
  }

  static async open(instanceId: number, options: InstanceOptions): Promise<Instance> {
    const paths = options.layout.instance(instanceId)
    let instance: Instance | null = null
    const log = await InstanceLog.open(paths.log, options.configuration.log, lines => {
      options.publishLines(instanceId, lines)
      instance?.resumeConsole()
    })
    instance = new Instance(instanceId, options, log, await readRecord(paths), await readSpecification(paths))
    return instance
  }

  get status(): InstanceStatus {
    const { run, phase, since, restarts, restartAt, reason, lastExit } = this.#record
    const main = this.#server ? run?.main : null
    return {
      instanceId: this.instanceId,
      phase,
      since,
      pid: main?.pid ?? null,
      processStart: main && run ? `${main.start}@${run.bootId}` : null,
      startedAt: main && run ? run.startedAt : null,
      restarts,
      restartAt,
      reason,
      lastExit,
    }
  }

  /** It runs, or is meant to. */
  get active(): boolean {
    return this.#record.desired === 'running' || this.#server !== null
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
      this.#specification = specification
      try {
        await this.#persistWish(specification)
        await this.#launch()
      } catch (error) {
        await this.#fail(reasonOf(error))
        throw diskFull(error) ?? error
      }
      return this.status
    })
  }

  stop(patience: Patience): Promise<InstanceStatus> {
    return this.#serially(async () => {
      this.#clearRestart()
      const server = this.#server
      if (!server) {
        if (this.#record.desired === 'stopped' && this.#record.phase === 'stopped') return this.status
        await this.#change({ desired: 'stopped', phase: 'stopped', restartAt: null, reason: null })
        return this.status
      }
      await this.#change({ desired: 'stopped', phase: 'stopping', reason: null, stopping: patience })
      this.#hurry = new AbortController()
      await server.end(patience, this.#hurry.signal)
      this.#hurry = null
      await this.#ended(server)
      return this.status
    })
  }

  hurry(): void {
    this.#hurry?.abort()
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
      if (this.#unreadable && first)
        this.#record = {
          ...this.#record,
          desired: 'running',
          run: { nonce: first.nonce, bootId: bootId(), startedAt: Date.now(), holder: null, main: null },
        }
      const { run } = this.#record
      const ours = found.find(holder => holder.nonce === run?.nonce)
      // Nothing may use the upper besides the run that is known.
      for (const stray of found)
        if (stray !== ours) await RunningServer.adopt(this.#serverOptions(stray.nonce), stray).kill()
      if (run && ours) await this.#adopt(run, ours)
      else if (run) await this.#missed(run)
      else if (this.#record.desired === 'running')
        this.#scheduleRestart(Math.max(0, (this.#record.restartAt ?? 0) - Date.now()))
      if (this.#record.desired === 'stopped' && this.#server)
        void this.stop(this.#record.stopping ?? defaultPatience).catch(report)
    })
  }

  /** It ended while no supervisor was there. */
  async #missed(run: Run): Promise<void> {
    const rebooted = run.bootId !== bootId()
    const exit = exitOf(rebooted ? null : await this.#exitStatus())
    await this.#change({ run: null })
    if (this.#record.desired === 'stopped') await this.#settle(exit)
    else if (rebooted) this.#scheduleRestart(0)
    else await this.#crashed(run, exit, [])
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
    await this.#change({ run: { ...run, holder: found, main } })
    if (this.#record.desired === 'running' && this.#record.phase !== 'running')
      await this.#change({ phase: 'running', restartAt: null, reason: null })
  }

  async #persistWish(specification: InstanceSpecification): Promise<void> {
    const paths = this.#layout.instance(this.instanceId)
    await mkdir(paths.folder, { recursive: true, mode: 0o700 })
    await writeSpecification(paths, specification)
    await this.#persist({
      desired: 'running',
      crashes: [],
      consecutive: 0,
      restarts: 0,
      restartAt: null,
      reason: null,
    })
  }

  async #launch(): Promise<void> {
    await Promise.all(this.#holds)
    const specification = this.#specification
    if (!specification)
      throw new HostError('start-failed', 'What the server was started with can not be read.')
    const run: Run = {
      nonce: randomUUID(),
      bootId: bootId(),
      startedAt: Date.now(),
      holder: null,
      main: null,
    }
    const server = await RunningServer.launch(this.#serverOptions(run.nonce), specification, async holder => {
      // First without, then with the holder: killed between, the nonce finds it.
      await this.#persist({ run: { ...run, holder } })
    }).catch(async (error: unknown) => {
      await this.#change({ run: null })
      throw error
    })
    this.#server = server
    await this.#change({
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
    const exit = exitOf(server.exitStatus ?? (await this.#exitStatus()))
    const { run } = this.#record
    await this.#change({ run: null })
    if (this.#record.desired === 'stopped') await this.#settle(exit)
    else if (run) await this.#crashed(run, exit, server.lastLines)
  }

  async #settle(lastExit: InstanceStatus['lastExit']): Promise<void> {
    this.#log.append(['left4me: the server was stopped'])
    await this.#change({ phase: 'stopped', lastExit, stopping: null, restartAt: null })
  }

  async #crashed(run: Run, lastExit: InstanceStatus['lastExit'], lines: readonly string[]): Promise<void> {
    const now = Date.now()
    const { timings } = this.#configuration
    const verdict = judgeCrash(this.#record, now, now - run.startedAt, timings)
    const { crashes, consecutive } = verdict
    if (verdict.action === 'give-up') {
      this.#log.append([
        `left4me: the server ${describeExit(lastExit)}; too many crashes, it isn't started again`,
      ])
      await this.#change({ crashes, consecutive, lastExit })
      await this.#fail(startLimitReason(lastExit, lines, timings))
      return
    }
    this.#log.append([
      `left4me: the server ${describeExit(lastExit)}; it is started again in ${verdict.delay / 1000} s`,
    ])
    await this.#change({
      phase: 'restarting',
      crashes,
      consecutive,
      lastExit,
      restartAt: now + verdict.delay,
      reason: crashReason(lastExit, lines),
    })
    this.#scheduleRestart(verdict.delay)
  }

  #scheduleRestart(after: number): void {
    this.#clearRestart()
    this.#restartTimer = setTimeout(() => {
      this.#restartTimer = null
      void this.#serially(() => this.#restart()).catch(report)
    }, after)
  }

  async #restart(): Promise<void> {
    if (this.#record.desired !== 'running' || this.#server) return
    await this.#change({ restarts: this.#record.restarts + 1 })
    try {
      await this.#launch()
    } catch (error) {
      const reason = reasonOf(error)
      this.#log.append([`left4me: ${reason.message}`])
      const { timings } = this.#configuration
      const now = Date.now()
      const verdict = judgeCrash(this.#record, now, 0, timings)
      const { crashes, consecutive } = verdict
      if (verdict.action === 'give-up') {
        await this.#change({ crashes, consecutive })
        await this.#fail(reason)
        return
      }
      await this.#change({
        phase: 'restarting',
        crashes,
        consecutive,
        restartAt: now + verdict.delay,
        reason,
      })
      this.#scheduleRestart(verdict.delay)
    }
  }

  async #fail(reason: InstanceReason): Promise<void> {
    await this.#change({
      desired: 'stopped',
      phase: 'failed',
      reason,
      restartAt: null,
      stopping: null,
      run: null,
    })
  }

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

  /** Changes and writes down, or rejects with nothing changed. */
  async #persist(change: Partial<InstanceRecord>): Promise<void> {
    const record = this.#changed(change)
    await writeRecord(this.#layout.instance(this.instanceId), record)
    this.#record = record
    this.#publish(this.status)
  }

  /** For what has happened already: it counts also when the disk is full and it can't be written down. */
  async #change(change: Partial<InstanceRecord>): Promise<void> {
    this.#record = this.#changed(change)
    this.#publish(this.status)
    await writeRecord(this.#layout.instance(this.instanceId), this.#record).catch(report)
  }

  #changed(change: Partial<InstanceRecord>): InstanceRecord {
    const before = this.#record
    const since = change.phase !== undefined && change.phase !== before.phase ? Date.now() : before.since
    return { ...before, ...change, since }
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

/** Shells count an end by signal N as 128 + N. */
function exitOf(status: number | null): InstanceStatus['lastExit'] {
  const at = Date.now()
  if (status === null) return { code: null, signal: null, at }
  if (status > 128 && status <= 128 + 64) return { code: null, signal: signalName(status - 128), at }
  return { code: status, signal: null, at }
}

function reasonOf(error: unknown): InstanceReason {
  const known = diskFull(error) ?? error
  if (!(known instanceof HostError)) return { code: 'crashed', message: String(known), remedy: null }
  const codes: Partial<Record<HostError['code'], InstanceReason['code']>> = {
    'not-installed': 'program-missing',
    'layer-missing': 'mount-failed',
    'mount-failed': 'mount-failed',
    'disk-full': 'disk-limit',
  }
  return { code: codes[known.code] ?? 'crashed', message: known.message, remedy: known.remedy }
}

function diskFull(error: unknown): HostError | null {
  const code = (error as NodeJS.ErrnoException).code
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return null
  return new HostError('disk-full', 'The disk of the data directory is full.', {
    remedy: 'Free space on it, then start the server again.',
    cause: error,
  })
}

function report(error: unknown): void {
  console.error(error)
}
