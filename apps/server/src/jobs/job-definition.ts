import type { Job, JobKind } from '@left4me/contract'

/**
 * What keeps two jobs apart. Two jobs run side by side unless they name the same scope and one of them exclusively.
 * Scopes: `server:ID`, `overlay:ID`, `installation`.
 */
export interface JobLock {
  readonly scope: string
  readonly mode: 'shared' | 'exclusive'
}

/** What a job of each kind is told. Kept as JSON in its row, so that it can be run again after a crash. */
export interface JobInputs {
  'server-start': { serverId: number }
  'server-stop': { serverId: number }
  'server-restart': { serverId: number }
  'server-reset': { serverId: number }
  'server-delete': { serverId: number }
  'server-clone': { serverId: number; fromServerId: number }
  'instance-stop': { instanceId: number }
  /** `allowNativeCode`: of who asked for the build. */
  'overlay-build': { overlayId: number; revision: number; allowNativeCode: boolean }
  'overlay-take-upload': {
    overlayId: number
    uploadId: number
    path: string | null
    allowNativeCode: boolean
  }
  'workshop-refresh': Record<string, never>
  'content-collect': Record<string, never>
  'installation-update': Record<string, never>
  'installation-rollback': { revision: number }
  /** `revision`: what is current when it is asked for. `onlyIfEmpty`: a policy asks, which never disturbs players. */
  'installation-switch': { serverId: number; revision: number; onlyIfEmpty: boolean }
}

export type JobTransfer = NonNullable<Job['transfer']>

export interface JobContext<Kind extends JobKind> {
  readonly jobId: number
  readonly input: JobInputs[Kind]
  /** Aborted when a person cancels, or with the reason `shutdown` when the web application stops. */
  readonly signal: AbortSignal
  /** 1 for the first run; more when an earlier run was cut off by a crash of the web application. */
  readonly attempt: number
  /** `fraction` 0..1; `activity` for a person. Cheap: rows and events are written at most a few times a second. */
  progress(fraction: number, activity: string, transfer?: JobTransfer | null): void
  /** What came of it, in a sentence; shown when it has succeeded. */
  result(sentence: string): void
  log(line: string): void
}

/**
 * How jobs of one kind run. `run` must be safe to run again from the start (`attempt` > 1): it asks the host what is
 * true rather than remembering. It rejects with a ProblemError or HostError for expected failures.
 */
export interface JobDefinition<Kind extends JobKind> {
  readonly cancellable: boolean
  /** It may work for minutes or hours: such jobs leave half of the workers to the others. */
  readonly takesLong?: boolean
  run(context: JobContext<Kind>): Promise<void>
  /** Called when it failed, was cancelled, or can't be run again, after its state was written. */
  settled?(input: JobInputs[Kind], outcome: 'succeeded' | 'failed' | 'cancelled'): Promise<void>
}

export type JobDefinitions = { readonly [Kind in JobKind]: JobDefinition<Kind> }

export interface NewJob<Kind extends JobKind = JobKind> {
  readonly kind: Kind
  readonly input: JobInputs[Kind]
  /** For a person, for example Start “Friday night”. */
  readonly title: string
  readonly locks: readonly JobLock[]
  readonly serverId?: number
  readonly overlayId?: number
  /** Whose job it is; null for the platform's own. */
  readonly ownerId: number | null
  /** A queued job with the same key is returned instead of making a second one. */
  readonly mergeKey?: string
}
