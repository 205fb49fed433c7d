import type { Layout } from '../layout.ts'
import type { ProgramLauncher } from './program-launcher.ts'
import type { InstallationTimings } from './steamcmd-install.ts'

/** An instance that runs, is meant to, or will be started when the machine boots. */
export interface InstallationUse {
  readonly instanceId: number
  /** What it was last started with; null: the files of an earlier left4me. */
  readonly revision: number | null
  /** false: it is only to be started at boot. */
  readonly running: boolean
}

/** Tries a new revision out before anybody gets it. */
export interface RevisionTrial {
  /** Rejects with `install-failed` and the reason when no server answers with it, or with `cancelled`. */
  run(
    revision: number,
    options: { readonly onOutput: (line: string) => void; readonly signal: AbortSignal },
  ): Promise<void>
  /** Ends what an earlier trial left when somebody was killed. Idempotent. */
  clear(): Promise<void>
}

/** What the game files need of the driver that runs servers with them. */
export interface InstallationOptions {
  readonly layout: Layout
  readonly steamcmd: string | null
  readonly environment: Readonly<Record<string, string>>
  /** Throws `unsupported` when a program that it needs is missing. */
  readonly launcher: () => ProgramLauncher
  readonly timings: InstallationTimings
  readonly trial: RevisionTrial
  /** A start is in it from before it looks for the folder of its revision. */
  readonly uses: () => Promise<InstallationUse[]>
  /** Files of an earlier left4me have become a revision: what names them otherwise is to be changed. */
  readonly onAdopted: (revision: number) => Promise<void>
}
