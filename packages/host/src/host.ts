import type { TreeLayer } from '@left4me/protocols'
import type { InstallationStore } from './installation/installation-contract.ts'
import type { LayerReference, OverlayStore } from './overlays/overlay-contract.ts'

export type {
  InstallationRevision,
  InstallationStatus,
  InstallationStore,
  InstallProgress,
} from './installation/installation-contract.ts'
export type { LayerReference, OverlayStore } from './overlays/overlay-contract.ts'

/**
 * A game server as the machine sees it. One interface, several drivers (`process`, later `systemd`, later a cluster
 * engine): every method is asynchronous and addressed by the instance's id, state comes as events, and nothing may
 * assume that the machine is this one. Every driver passes the same suite (`driver-contract.ts`).
 *
 * The host is the truth about what runs: the application asks it after each start and never believes its own database.
 */
export interface Host {
  readonly driver: 'process' | 'systemd'

  /**
   * Connects to what runs servers and finds again those that already run. Idempotent. After a failure nothing was
   * changed on the machine and it may be called again.
   */
  open(): Promise<void>
  /** Disconnects. Servers go on running. Idempotent. */
  close(): Promise<void>

  /** What this machine needs and whether it is there; each failed check names its remedy. Changes nothing. */
  checks(): Promise<HostCheckResult[]>
  /** Changes nothing. */
  machine(): Promise<Machine>

  /** Of every instance that the host knows, whether it runs or not. Changes nothing. */
  list(): Promise<InstanceStatus[]>
  /** An instance that was never started is `stopped`. Changes nothing. */
  status(instanceId: number): Promise<InstanceStatus>
  /** Calls `listener` for every change of any instance until the returned function is called. */
  subscribe(listener: (status: InstanceStatus) => void): () => void

  /**
   * Mounts the layers and starts the program; resolves when it was executed (it isn't ready for players yet).
   * Starting one that runs already changes nothing and resolves with its status. After a rejection the instance is
   * `failed` with the reason, and neither process nor mount is left.
   */
  start(specification: InstanceSpecification): Promise<InstanceStatus>
  /**
   * Stops and unmounts; resolves when both are done. `quit` asks the program itself (by RCON), before SIGINT or together
   * with it; then come SIGTERM and SIGKILL, each after its deadline. No automatic restart follows, also when the caller
   * dies meanwhile. Stopping one that doesn't run clears its failure and changes nothing else.
   */
  stop(instanceId: number, options?: StopOptions): Promise<InstanceStatus>
  /**
   * Whether the instance is started when the machine boots, with the specification of its last start, also when nobody
   * asks for it. Idempotent; doesn't start or stop anything now. Of an instance that was never started there is nothing
   * to start: enabling it rejects with `never-started`, disabling it changes nothing.
   */
  setStartAtBoot(instanceId: number, enabled: boolean): Promise<void>
  /** Empties the upper. Rejects with `instance-running` while it runs. Idempotent. */
  reset(instanceId: number): Promise<void>
  /** Copies the upper of one instance over the (empty) upper of another. Rejects while the target runs. */
  copyUpper(fromInstanceId: number, toInstanceId: number, signal: AbortSignal): Promise<void>
  /** Deletes everything that the instance has on the machine. Rejects with `instance-running` while it runs. Idempotent. */
  remove(instanceId: number): Promise<void>

  /**
   * The instance's own files, read and written as hostile: see `InstanceFiles`. Of a running instance they are those of
   * its merged layers, of a stopped one those of its upper alone. A start waits for a change that is under way.
   */
  files(instanceId: number): InstanceFiles

  /** The last `lines` lines of console output, oldest first, also of earlier runs. */
  logTail(instanceId: number, lines: number): Promise<LogLine[]>
  /**
   * Calls `listener` with every line after `afterSequence`, first those already there (as far as they are kept), then
   * live ones, in order, none twice. Ends when `signal` aborts. A listener that throws ends only its own following.
   */
  followLog(
    instanceId: number,
    afterSequence: number,
    listener: (lines: LogLine[]) => void,
    signal: AbortSignal,
  ): Promise<void>

  /** null when it doesn't run. */
  usage(instanceId: number): Promise<InstanceUsage | null>

  readonly installation: InstallationStore
  readonly overlays: OverlayStore
}

export const instancePhases = ['stopped', 'running', 'restarting', 'stopping', 'failed'] as const
/** `restarting`: it crashed and waits for its automatic restart. */
export type InstancePhase = (typeof instancePhases)[number]

export interface InstanceStatus {
  readonly instanceId: number
  readonly phase: InstancePhase
  /** When the phase began, in ms since the epoch. */
  readonly since: number
  /** The program's main process in the host's own process table; null when there is none. */
  readonly pid: number | null
  /** Identifies the process together with the pid, since pids are reused. Opaque: compare it, don't read it. */
  readonly processStart: string | null
  /** When the present process was started, in ms since the epoch. */
  readonly startedAt: number | null
  /** Automatic restarts since a person last started it. */
  readonly restarts: number
  readonly restartAt: number | null
  /** See `setStartAtBoot`. */
  readonly startAtBoot: boolean
  /** Why it is `restarting` or `failed`. */
  readonly reason: InstanceReason | null
  readonly lastExit: {
    readonly code: number | null
    readonly signal: string | null
    readonly at: number
  } | null
}

export interface InstanceReason {
  readonly code:
    | 'crashed'
    | 'start-limit'
    | 'mount-failed'
    | 'program-missing'
    | 'supervisor-lost'
    | 'disk-limit'
    | 'out-of-memory'
    | 'hung'
  readonly message: string
  readonly remedy: string | null
}

export interface InstanceSpecification {
  readonly instanceId: number
  /** Game port, UDP and TCP. */
  readonly port: number
  /** Arguments after the platform's own (`-game left4dead2 -console -norestart -strictportbind -ip 0.0.0.0 -port N …`). */
  readonly arguments: readonly string[]
  /** Layers over the installation, uppermost first. */
  readonly layers: readonly LayerReference[]
  /** Revision of the installation below all layers; without it the one that is current when it is started. */
  readonly installation?: number
}

export interface StopOptions {
  /** Asks the program to end by itself; a rejection goes on to the signals at once. */
  readonly quit?: (signal: AbortSignal) => Promise<void>
  /** Milliseconds that each step may take: `quit`, then SIGINT, then SIGTERM. */
  readonly patience?: { readonly quit: number; readonly interrupt: number; readonly terminate: number }
}

export interface LogLine {
  /** Grows by one a line within an instance, across restarts too. Starts at 1. */
  readonly sequence: number
  /** ms since the epoch. */
  readonly time: number
  readonly text: string
}

/** null: this driver or this kernel doesn't tell. */
export interface InstanceUsage {
  readonly cpuSeconds: number
  readonly memoryBytes: number
  readonly processes: number
  /** Where the kernel begins to reclaim, and where it kills. */
  readonly memoryHighBytes: number | null
  readonly memoryLimitBytes: number | null
  readonly processLimit: number | null
  /** Time that it was kept from running by a CPU quota. */
  readonly throttledSeconds: number | null
  readonly readBytes: number | null
  readonly writtenBytes: number | null
  /** Share of the last ten seconds in which something of it waited, 0 to 1; kernel, accounting/psi.rst (“some”). */
  readonly pressure: { readonly cpu: number; readonly memory: number; readonly io: number } | null
}

export interface Machine {
  readonly hostname: string
  /** The address that players reach it at: the first global IPv4 address, else 127.0.0.1. */
  readonly address: string
  readonly kernel: string
  readonly cores: number
  /** Which cores each part of the machine may use, as numbers; null where nothing is pinned. */
  readonly pinning: {
    readonly games: readonly number[]
    readonly builds: readonly number[]
    readonly system: readonly number[]
  } | null
  readonly loadAverage: readonly [number, number, number]
  readonly memory: { readonly total: number; readonly available: number }
  readonly disk: { readonly total: number; readonly available: number }
}

export interface HostCheckResult {
  readonly name: string
  readonly ok: boolean
  readonly message: string
  readonly remedy: string | null
}

/**
 * The files of one instance, paths relative to the game's root with forward slashes. A stopped instance's are in its
 * upper. A game server may plant anything there, so that every component is opened without following links, only
 * regular files with a single link are read, sizes are capped, and files are replaced by rename.
 */
export interface InstanceFiles {
  /** null when it doesn't exist; rejects with `file-refused` when it isn't a plain file or exceeds `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Buffer | null>
  /** Creates missing folders. Whatever was in its place (a link, a FIFO, an old version) is replaced, never written through. */
  replace(path: string, content: string | Uint8Array): Promise<void>
  remove(path: string): Promise<void>
  /** One folder, by name; null when it isn't one. At most 10,000 entries; `other` is a link, FIFO, socket or device. */
  list(path: string): Promise<InstanceFile[] | null>
  /**
   * The whole upper as overlayfs reads it, with deletions and opaque folders, also while the instance runs. Names that
   * are no text are left out. Rejects with `file-refused` beyond 200,000 entries.
   */
  upper(): Promise<TreeLayer>
}

export interface InstanceFile {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
  /** Bytes. */
  readonly size: number
}
