import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { WorkshopDownload } from '@left4me/host'
import { answerParent } from '../processes/measured-program.ts'

// As the product starts itself: without it, what Node needs to strip types stays resident.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/left4me', import.meta.url)))
const { fillFromWorkshop } = await import('../../packages/host/src/workshop/fill-from-workshop.ts')

export interface DownloadQuestion {
  readonly origin: string
  readonly items: readonly WorkshopDownload[]
  readonly folder: string
}

export interface DownloadAnswer {
  readonly milliseconds: number
  readonly bytes: number
  /** Bytes that the process had resident at most. */
  readonly peakRss: number
  /** Milliseconds of processor time. */
  readonly cpu: number
}

await answerParent(async ({ origin, items, folder }: DownloadQuestion): Promise<DownloadAnswer> => {
  const cpuBefore = process.cpuUsage()
  const begun = performance.now()
  const sources = await fillFromWorkshop(join(folder, 'build'), items, {
    cache: join(folder, 'cache'),
    temporary: join(folder, 'temporary'),
    steamcmd: null,
    onProgress: () => undefined,
    onOutput: () => undefined,
    signal: new AbortController().signal,
    maxBytes: Number.MAX_SAFE_INTEGER,
    allow: { workshopHosts: [], trustedOrigins: [origin] },
  })
  const milliseconds = performance.now() - begun
  const { user, system } = process.cpuUsage(cpuBefore)
  return {
    milliseconds,
    bytes: sources.reduce((sum, source) => sum + source.bytes, 0),
    peakRss: process.resourceUsage().maxRSS * 1024,
    cpu: (user + system) / 1000,
  }
})
