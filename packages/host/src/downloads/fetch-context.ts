import type { BuildProgress } from '../overlays/overlay-contract.ts'
import type { WorkshopSteamcmd } from '../workshop/workshop-steamcmd.ts'
import type { DownloadPolicy } from './download-policy.ts'
import type { DownloadTimings } from './download-timings.ts'

/** What a build that fetches gets from the overlay store. Paths are absolute. */
export interface FetchContext {
  /** The Workshop's cache in the data directory. Made when it isn't there. */
  readonly cache: string
  /** For unfinished downloads, on the same file system as the cache and the target. Outlives the build: downloads go on there. */
  readonly temporary: string
  /** null: no steamcmd, so that items without a URL are refused. */
  readonly steamcmd: WorkshopSteamcmd | null
  readonly onProgress: (progress: BuildProgress) => void
  readonly onOutput: (line: string) => void
  readonly signal: AbortSignal
  /** Bytes that the result may have; beyond it is `build-too-large`. */
  readonly maxBytes: number
  readonly allow: DownloadPolicy
  /** For tests. */
  readonly timings?: DownloadTimings
}
