import type { OverlayContext } from './overlay-context.ts'

/** Milliseconds after which an upload that wasn't finished is given up. */
const lifetime = 7 * 24 * 60 * 60_000

/** Gives up uploads that nobody finished, `now` in ms since the epoch. What fails is tried again at the next time. */
export async function pruneUploads(
  { uploads, host, jobs, log }: Pick<OverlayContext, 'uploads' | 'host' | 'jobs' | 'log'>,
  now: number,
): Promise<void> {
  for (const row of await uploads.announcedBefore(now - lifetime)) {
    if (jobs.open({ overlayId: row.overlay_id, kind: 'overlay-take-upload' }) !== null) continue
    try {
      await host.overlays.discardUpload(row.overlay_id, row.id)
      await uploads.remove(row.id)
    } catch (error) {
      log.warn({ err: error, uploadId: row.id }, 'an abandoned upload could not be deleted')
    }
  }
}
