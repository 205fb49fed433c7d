import { hostPaths } from '@left4me/privileged'
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
import { neverStartedError } from '../instance/status.ts'
import { type Layout, layoutOf } from '../layout.ts'
import { describeMachine } from '../machine.ts'
import { LocalOverlayStore } from '../overlays/overlay-store.ts'
import { steamcmdWorkshop } from '../workshop/steamcmd-workshop.ts'
import { checkMachine } from './checks.ts'
import { copyUpper } from './copy-upper.ts'
import { CrashLines } from './crash-lines.ts'
import { systemBusPath } from './dbus/connection.ts'
import { Helpers, installedHelpers, requireDone } from './helpers.ts'
import { InstanceLocks } from './instance-locks.ts'
import { InstancePlaces, reportsFolder, wantedAtBoot } from './instance-places.ts'
import { InstanceStatuses } from './instance-statuses.ts'
import { InstanceUsages } from './instance-usage.ts'
import { JournalLogs } from './log/journal-logs.ts'
import { markedLauncher } from './marked-program.ts'
import { readPinning } from './pinning.ts'
import { removeInstance } from './remove-instance.ts'
import { SystemdScriptRunner } from './scripts/systemd-script-runner.ts'
import { areAtRest, startInstance } from './start-instance.ts'
import { stopInstance } from './stop-instance.ts'
import { UnitMonitor } from './units/unit-monitor.ts'
import { emptyUpper, gameFolderOf } from './upper-folder.ts'

export interface SystemdHostOptions {
  /** steamcmd by absolute path; null: none is configured. */
  readonly steamcmd: string | null
  /** What steamcmd gets in its environment besides our own. */
  readonly steamcmdEnvironment?: Readonly<Record<string, string>>
  readonly installationTimings?: Partial<InstallationTimings>
  readonly revisionTrial?: Partial<RevisionTrialSettings>
  /** Where content may come from; the default is Steam's own hosts, and any public one for map indexes. */
  readonly downloads?: DownloadPolicy
  /** Milliseconds that an answer of systemd may take. */
  readonly patience?: number
}

/**
 * Servers as units of systemd, on a host that a deployment prepared: see docs/operations/host.md. Runs as the service
 * user; what needs root goes through the helpers. Everything lies where `hostPaths` says.
 */
export function createSystemdHost(options: SystemdHostOptions): Host {
  return new SystemdHost(options)
}

class SystemdHost implements Host {
  readonly driver = 'systemd'
  readonly #steamcmd: string | null
  readonly #layout: Layout = layoutOf(hostPaths.root)
  readonly #listeners = new Set<(status: InstanceStatus) => void>()
  readonly #locks = new InstanceLocks()
  readonly #helpers = new Helpers(installedHelpers)
  readonly #places: InstancePlaces
  readonly #monitor: UnitMonitor
  readonly #logs: JournalLogs
  readonly #crashLines: CrashLines
  readonly #statuses: InstanceStatuses
  /** Those that are meant to run, although systemd doesn't know of it yet. */
  readonly #starting = new Set<number>()
  readonly #usages: InstanceUsages
  #opening: Promise<void> | null = null
  readonly installation: RevisionedInstallation
  readonly overlays: OverlayStore

  constructor(options: SystemdHostOptions) {
    this.#steamcmd = options.steamcmd
    this.#places = new InstancePlaces({
      layout: this.#layout,
      reports: reportsFolder,
      wanted: wantedAtBoot,
    })
    this.#monitor = new UnitMonitor({
      socket: systemBusPath,
      patience: options.patience ?? 5000,
      onChange: instanceIds => {
        for (const instanceId of instanceIds) this.#statuses.changed(instanceId)
      },
      onFilesChange: () => {
        void this.#tellAll()
      },
    })
    this.#usages = new InstanceUsages(this.#monitor)
    this.#logs = new JournalLogs({
      helper: this.#helpers.command('left4me-journalctl'),
      folderOf: instanceId => this.#places.log(instanceId),
    })
    this.#crashLines = new CrashLines((instanceId, lines) => this.#logs.tail(instanceId, lines))
    this.#statuses = new InstanceStatuses({
      monitor: this.#monitor,
      places: this.#places,
      crashLines: this.#crashLines,
      publish: status => {
        if (status.instanceId === hiddenInstanceId) return
        for (const listener of this.#listeners) listener(status)
      },
    })
    this.installation = new RevisionedInstallation({
      layout: this.#layout,
      steamcmd: options.steamcmd,
      environment: options.steamcmdEnvironment ?? {},
      launcher: () => markedLauncher,
      timings: { ...defaultInstallationTimings, ...options.installationTimings },
      trial: new HiddenServerTrial({ host: this, ...defaultRevisionTrial, ...options.revisionTrial }),
      uses: () => this.#installationUses(),
      onAdopted: revision => this.#places.adoptInstallation(revision),
    })
    this.overlays = new LocalOverlayStore({
      layout: this.#layout,
      tools: {
        scripts: new SystemdScriptRunner({
          layout: this.#layout,
          helper: this.#helpers.command('left4me-script-sandbox'),
        }),
        steamcmd: steamcmdWorkshop({
          steamcmd: options.steamcmd,
          folder: this.#layout.steam,
          environment: options.steamcmdEnvironment ?? {},
          launcher: () => markedLauncher,
          ...defaultInstallationTimings,
          ...options.installationTimings,
        }),
        downloads: options.downloads ?? defaultDownloadPolicy,
      },
      inUse: () => this.#layersInUse(),
    })
  }

  async open(): Promise<void> {
    if (!this.#opening) {
      this.#logs.start()
      this.#opening = this.#monitor.open()
    }
    try {
      await this.#opening
      await this.installation.adoptQuietly()
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    this.#opening = null
    this.#statuses.close()
    await this.#monitor.close()
    await this.#logs.stop()
  }

  checks(): Promise<HostCheckResult[]> {
    return checkMachine({
      layout: this.#layout,
      monitor: this.#monitor,
      helpers: installedHelpers,
      steamcmd: this.#steamcmd,
    })
  }

  async machine(): Promise<Machine> {
    return { ...(await describeMachine(this.#layout.root)), pinning: await readPinning() }
  }

  async list(): Promise<InstanceStatus[]> {
    await this.#ready()
    const ids = (await this.#statuses.ids()).filter(instanceId => instanceId !== hiddenInstanceId)
    return await Promise.all(ids.map(instanceId => this.#statuses.of(instanceId)))
  }

  async status(instanceId: number): Promise<InstanceStatus> {
    await this.#ready()
    return await this.#statuses.of(instanceId)
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
    const { instanceId } = checked
    return await this.#exclusively(instanceId, async () => {
      await this.#monitor.settle()
      if (this.#monitor.stateOf('server', instanceId).unit.activeState === 'active')
        return await this.#statuses.of(instanceId)
      // First the wish, then the look at the installation: an update of it looks for wishes after it has left its mark.
      this.#starting.add(instanceId)
      try {
        await startInstance({
          specification: checked,
          layout: this.#layout,
          places: this.#places,
          helpers: this.#helpers,
          monitor: this.#monitor,
          beginLog: id => this.#logs.begin(id),
        })
      } finally {
        this.#starting.delete(instanceId)
        this.#statuses.changed(instanceId)
      }
      return await this.#statuses.of(instanceId)
    })
  }

  async stop(instanceId: number, options: StopOptions = {}): Promise<InstanceStatus> {
    return await this.#exclusively(instanceId, async () => {
      try {
        await stopInstance({
          instanceId,
          stop: options,
          places: this.#places,
          helpers: this.#helpers,
          monitor: this.#monitor,
        })
      } finally {
        this.#statuses.changed(instanceId)
      }
      return await this.#statuses.of(instanceId)
    })
  }

  async setStartAtBoot(instanceId: number, enabled: boolean): Promise<void> {
    await this.#exclusively(instanceId, async () => {
      if (enabled && !(await this.#places.readEnvironment(instanceId))) throw neverStartedError(instanceId)
      if ((await this.#places.isWantedAtBoot(instanceId)) === enabled) return
      requireDone(await this.#helpers.server(enabled ? 'enable' : 'disable', instanceId))
      this.#statuses.changed(instanceId)
    })
  }

  async reset(instanceId: number): Promise<void> {
    await this.#atRest(instanceId, () => emptyUpper(this.#layout.runtimeOf(instanceId).upper))
  }

  async copyUpper(fromInstanceId: number, toInstanceId: number, signal: AbortSignal): Promise<void> {
    await this.#atRest(toInstanceId, async () => {
      if (!(await this.#places.hasUpper(fromInstanceId))) return
      requireDone(await this.#helpers.runtime('prepare', toInstanceId))
      await copyUpper(
        this.#layout.runtimeOf(fromInstanceId).upper,
        this.#layout.runtimeOf(toInstanceId).upper,
        signal,
      )
    })
  }

  async remove(instanceId: number): Promise<void> {
    await this.#atRest(instanceId, async () => {
      await removeInstance({
        instanceId,
        places: this.#places,
        helpers: this.#helpers,
        monitor: this.#monitor,
        logs: this.#logs,
        failed: (await this.#statuses.of(instanceId)).phase === 'failed',
      })
      this.#crashLines.forget(instanceId)
      this.#usages.forget(instanceId)
      this.#statuses.changed(instanceId)
    })
  }

  files(instanceId: number): InstanceFiles {
    return new HostileFiles(
      gameFolderOf({
        instanceId,
        layout: this.#layout,
        locks: this.#locks,
        prepare: async () => requireDone(await this.#helpers.runtime('prepare', instanceId)),
      }),
      this.#layout.runtimeOf(instanceId).upper,
    )
  }

  logTail(instanceId: number, lines: number): Promise<LogLine[]> {
    return this.#logs.tail(instanceId, lines)
  }

  followLog(...following: Parameters<Host['followLog']>): Promise<void> {
    return this.#logs.follow(...following)
  }

  async usage(instanceId: number): Promise<InstanceUsage | null> {
    return await this.#usages.read(await this.status(instanceId))
  }

  /** An action of which each instance has one at a time. */
  async #exclusively<Result>(instanceId: number, action: () => Promise<Result>): Promise<Result> {
    await this.#ready()
    return await this.#locks.run(instanceId, action)
  }

  /** The same, for what is done only while neither game nor mount is there. */
  async #atRest(instanceId: number, action: () => Promise<void>): Promise<void> {
    await this.#exclusively(instanceId, async () => {
      await this.#monitor.settle()
      if (!areAtRest(this.#monitor, instanceId))
        throw new HostError('instance-running', `Server ${instanceId} is running.`, {
          remedy: 'Stop it first.',
        })
      await action()
    })
  }

  async #activeInstances(): Promise<number[]> {
    await this.#ready()
    await this.#monitor.settle()
    const running = [...this.#monitor.instanceIds()].filter(id => !areAtRest(this.#monitor, id))
    return [...new Set([...running, ...this.#starting])]
  }

  async #installationUses(): Promise<InstallationUse[]> {
    const active = await this.#activeInstances()
    const uses: InstallationUse[] = []
    for (const instanceId of new Set([...active, ...(await this.#places.known())])) {
      const running = active.includes(instanceId)
      if (running || (await this.#places.isWantedAtBoot(instanceId)))
        uses.push({ instanceId, revision: await this.#places.readInstallation(instanceId), running })
    }
    return uses
  }

  /** Layers of the instances that run or are meant to. */
  async #layersInUse(): Promise<Map<number, readonly LayerReference[]>> {
    const layers = new Map<number, readonly LayerReference[]>()
    for (const instanceId of await this.#activeInstances())
      layers.set(instanceId, await this.#places.readLayers(instanceId))
    return layers
  }

  async #tellAll(): Promise<void> {
    for (const instanceId of await this.#statuses.ids()) this.#statuses.changed(instanceId)
  }

  async #ready(): Promise<void> {
    if (!this.#opening) throw new HostError('unavailable', "The host isn't open.")
    await this.#monitor.ready()
  }
}
