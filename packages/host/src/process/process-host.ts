import { mkdir } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { type DownloadPolicy, defaultDownloadPolicy } from '../downloads/download-policy.ts'
import type {
  Host,
  HostCheckResult,
  InstanceFiles,
  InstanceSpecification,
  InstanceStatus,
  InstanceUsage,
  LayerReference,
  LogLine,
  Machine,
  OverlayStore,
  StopOptions,
} from '../host.ts'
import { HostError } from '../host-error.ts'
import {
  defaultRevisionTrial,
  HiddenServerTrial,
  hiddenInstanceId,
  type RevisionTrialSettings,
} from '../installation/hidden-server-trial.ts'
import type { InstallationUse } from '../installation/installation-options.ts'
import { RevisionedInstallation } from '../installation/revisioned-installation.ts'
import { defaultInstallationTimings, type InstallationTimings } from '../installation/steamcmd-install.ts'
import { HostileFiles } from '../instance/hostile-files.ts'
import { parseSpecification } from '../instance/specification.ts'
import { neverStarted, parseStatus, parseStatusList } from '../instance/status.ts'
import { idOf, listOf } from '../json-value.ts'
import { type Layout, layoutOf } from '../layout.ts'
import { describeMachine } from '../machine.ts'
import { LocalOverlayStore } from '../overlays/overlay-store.ts'
import { steamcmdWorkshop } from '../workshop/steamcmd-workshop.ts'
import { checkMachine } from './checks.ts'
import { confinedLauncher } from './confined-program.ts'
import { copyUpper } from './copy-upper.ts'
import { followLog } from './follow-log.ts'
import { gameFolderOf } from './game-folder.ts'
import { defaultLogLimits, type LogLimits } from './log/instance-log.ts'
import { readTail } from './log/log-files.ts'
import { findPrograms, missingProgramsError } from './programs.ts'
import {
  defaultScriptLimits,
  ProcessScriptRunner,
  type ScriptLimits,
} from './scripts/process-script-runner.ts'
import {
  defaultTimings,
  type Programs,
  parseConfiguration,
  type SupervisorConfiguration,
  type Timings,
} from './supervisor/configuration.ts'
import { readSpecification } from './supervisor/instance-record.ts'
import { SupervisorClient } from './supervisor-client.ts'
import { connectSupervisor } from './supervisor-process.ts'
import { UsageReader } from './usage.ts'

export interface ProcessHostOptions {
  /** The data directory, absolute. Belongs to the user that we run as. */
  readonly root: string
  /** Node that runs the supervisor, absolute; normally `process.execPath`. */
  readonly node: string
  /** steamcmd by absolute path; null: none is configured. */
  readonly steamcmd: string | null
  /** What steamcmd gets in its environment besides our own. */
  readonly steamcmdEnvironment?: Readonly<Record<string, string>>
  readonly programs?: Partial<Programs>
  readonly timings?: Partial<Timings>
  readonly log?: Partial<LogLimits>
  readonly installationTimings?: Partial<InstallationTimings>
  readonly revisionTrial?: Partial<RevisionTrialSettings>
  /** Where content may come from; the default is Steam's own hosts, and any public one for map indexes. */
  readonly downloads?: DownloadPolicy
  /** Of scripts of overlays. */
  readonly scriptLimits?: Partial<ScriptLimits>
  /** Milliseconds that the supervisor may take to come. */
  readonly startPatience?: number
  /** Names the machine's present boot; another file only in a test. */
  readonly bootIdFile?: string
  /** false shows the game all of the data directory: only for the negative control of a test. */
  readonly hideData?: boolean
}

/** random(4) */
const bootIdFileOfKernel = '/proc/sys/kernel/random/boot_id'
const defaultPatience = { quit: 10_000, interrupt: 10_000, terminate: 5000 }

/** Servers as ordinary processes of this machine, each in namespaces of its own. Needs no privilege. */
export function createProcessHost(options: ProcessHostOptions): Host {
  return new ProcessHost(options)
}

class ProcessHost implements Host {
  readonly driver = 'process'
  readonly #options: ProcessHostOptions
  readonly #layout: Layout
  readonly #listeners = new Set<(status: InstanceStatus) => void>()
  readonly #usage = new UsageReader()
  #client: SupervisorClient | null = null
  readonly installation: RevisionedInstallation
  readonly #scripts: ProcessScriptRunner
  readonly overlays: OverlayStore

  constructor(options: ProcessHostOptions) {
    if (!isAbsolute(options.root)) throw new TypeError('the data directory must be an absolute path')
    this.#options = options
    this.#layout = layoutOf(options.root)
    this.installation = new RevisionedInstallation({
      layout: this.#layout,
      steamcmd: options.steamcmd,
      environment: options.steamcmdEnvironment ?? {},
      launcher: () => confinedLauncher(this.#foundPrograms()),
      timings: { ...defaultInstallationTimings, ...options.installationTimings },
      trial: new HiddenServerTrial({ host: this, ...defaultRevisionTrial, ...options.revisionTrial }),
      uses: () => this.#installationUses(),
      onAdopted: async () => undefined,
    })
    this.#scripts = new ProcessScriptRunner({
      layout: this.#layout,
      programs: () => this.#foundPrograms(),
      limits: { ...defaultScriptLimits, ...options.scriptLimits },
    })
    this.overlays = new LocalOverlayStore({
      layout: this.#layout,
      tools: {
        scripts: this.#scripts,
        steamcmd: steamcmdWorkshop({
          steamcmd: options.steamcmd,
          folder: this.#layout.steam,
          environment: options.steamcmdEnvironment ?? {},
          launcher: () => confinedLauncher(this.#foundPrograms()),
          ...defaultInstallationTimings,
          ...options.installationTimings,
        }),
        downloads: options.downloads ?? defaultDownloadPolicy,
      },
      inUse: () => this.#layersInUse(),
    })
  }

  async open(): Promise<void> {
    if (this.#client) return
    await mkdir(this.#layout.root, { recursive: true, mode: 0o700 })
    const configuration = this.#configuration(this.#foundPrograms())
    const client = new SupervisorClient({
      connect: signal =>
        connectSupervisor({
          layout: this.#layout,
          node: this.#options.node,
          configuration,
          patience: this.#options.startPatience ?? 15_000,
          signal,
        }),
      configuration: JSON.stringify(configuration),
      onStatus: status => this.#publish(status),
      onRemoved: instanceId => this.#publish(neverStarted(instanceId)),
    })
    this.#client = client
    try {
      await client.open()
      await this.installation.adoptQuietly()
    } catch (error) {
      this.#client = null
      throw error
    }
  }

  async close(): Promise<void> {
    this.#client?.close()
    this.#client = null
  }

  async checks(): Promise<HostCheckResult[]> {
    const { programs = {}, steamcmd } = this.#options
    const results = await checkMachine({ layout: this.#layout, programs, steamcmd })
    return [...results, await this.#scripts.check()]
  }

  async machine(): Promise<Machine> {
    await mkdir(this.#layout.root, { recursive: true, mode: 0o700 })
    return describeMachine(this.#layout.root)
  }

  async list(): Promise<InstanceStatus[]> {
    const statuses = parseStatusList(await this.#connected().request({ method: 'list' }))
    return statuses.filter(({ instanceId }) => instanceId !== hiddenInstanceId)
  }

  async status(instanceId: number): Promise<InstanceStatus> {
    return parseStatus(await this.#connected().request({ method: 'status', instanceId }), 'status')
  }

  subscribe(listener: (status: InstanceStatus) => void): () => void {
    // Wrapped, so that one listener may subscribe twice.
    const entry = (status: InstanceStatus) => listener(status)
    this.#listeners.add(entry)
    return () => {
      this.#listeners.delete(entry)
    }
  }

  async start(specification: InstanceSpecification): Promise<InstanceStatus> {
    const checked = parseSpecification(specification)
    return parseStatus(await this.#connected().request({ method: 'start', specification: checked }), 'status')
  }

  async stop(instanceId: number, options: StopOptions = {}): Promise<InstanceStatus> {
    const client = this.#connected()
    const patience = options.patience ?? defaultPatience
    const { quit } = options
    // From here on the supervisor carries the stop through, whatever becomes of us.
    const stopped = client.request({
      method: 'stop',
      instanceId,
      patience: { ...patience, quit: quit ? patience.quit : 0 },
    })
    if (!quit) return parseStatus(await stopped, 'status')
    const waiting = new AbortController()
    const asked = quit(waiting.signal).catch(async () => {
      if (!waiting.signal.aborted) await client.request({ method: 'hurry', instanceId })
    })
    asked.catch(() => undefined)
    try {
      return parseStatus(await stopped, 'status')
    } finally {
      waiting.abort()
    }
  }

  async setStartAtBoot(instanceId: number, enabled: boolean): Promise<void> {
    await this.#connected().request({ method: 'start-at-boot', instanceId, enabled })
  }

  async reset(instanceId: number): Promise<void> {
    await this.#connected().request({ method: 'reset', instanceId })
  }

  async copyUpper(fromInstanceId: number, toInstanceId: number, signal: AbortSignal): Promise<void> {
    const layout = this.#layout
    await this.#connected().whileHeld(toInstanceId, async held => {
      if (!held)
        throw new HostError('instance-running', `Server ${toInstanceId} is running.`, {
          remedy: 'Stop it first.',
        })
      await copyUpper({ layout, programs: this.#foundPrograms(), fromInstanceId, toInstanceId, signal })
    })
  }

  async remove(instanceId: number): Promise<void> {
    await this.#connected().request({ method: 'remove', instanceId })
  }

  files(instanceId: number): InstanceFiles {
    return new HostileFiles(
      gameFolderOf({
        instanceId,
        layout: this.#layout,
        client: () => this.#connected(),
        status: () => this.status(instanceId),
      }),
      this.#layout.runtimeOf(instanceId).upper,
    )
  }

  logTail(instanceId: number, lines: number): Promise<LogLine[]> {
    return readTail(this.#layout.instance(instanceId).log, lines)
  }

  followLog(
    instanceId: number,
    afterSequence: number,
    listener: (lines: LogLine[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const client = this.#connected()
    const folder = this.#layout.instance(instanceId).log
    return followLog({ client, instanceId, folder, afterSequence, listener, signal })
  }

  async usage(instanceId: number): Promise<InstanceUsage | null> {
    return this.#usage.read(await this.status(instanceId))
  }

  #foundPrograms(): Programs {
    const { programs, missing } = findPrograms(this.#options.programs ?? {})
    if (!programs) throw missingProgramsError(missing)
    return programs
  }

  async #activeInstances(): Promise<number[]> {
    return listOf(await this.#connected().request({ method: 'active' }), 'active', 1_000_000, idOf)
  }

  async #installationUses(): Promise<InstallationUse[]> {
    const active = await this.#activeInstances()
    const statuses = parseStatusList(await this.#connected().request({ method: 'list' }))
    const atBoot = statuses.filter(({ startAtBoot }) => startAtBoot).map(({ instanceId }) => instanceId)
    return await Promise.all(
      [...new Set([...active, ...atBoot])].map(async instanceId => ({
        instanceId,
        revision: (await readSpecification(this.#layout.instance(instanceId)))?.installation ?? null,
        running: active.includes(instanceId),
      })),
    )
  }

  /** Layers of the instances that run or are meant to. */
  async #layersInUse(): Promise<Map<number, readonly LayerReference[]>> {
    const layers = new Map<number, readonly LayerReference[]>()
    for (const instanceId of await this.#activeInstances()) {
      const specification = await readSpecification(this.#layout.instance(instanceId))
      layers.set(instanceId, specification?.layers ?? [])
    }
    return layers
  }

  #configuration(programs: Programs): SupervisorConfiguration {
    const { root, timings, log, bootIdFile = bootIdFileOfKernel, hideData = true } = this.#options
    const configuration: SupervisorConfiguration = {
      root,
      programs,
      timings: { ...defaultTimings, ...timings },
      log: { ...defaultLogLimits, ...log },
      bootIdFile,
      hideData,
    }
    // Through the parser: the supervisor compares texts.
    return parseConfiguration(JSON.stringify(configuration))
  }

  #connected(): SupervisorClient {
    if (!this.#client) throw new HostError('unavailable', "The host isn't open.")
    return this.#client
  }

  #publish(status: InstanceStatus): void {
    if (status.instanceId === hiddenInstanceId) return
    for (const listener of this.#listeners) listener(status)
  }
}
