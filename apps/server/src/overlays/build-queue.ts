import { type Job, limits } from '@left4me/contract'
import type { SignedIn } from '../http/endpoints.ts'
import { ProblemError } from '../http/problem-error.ts'
import { serverConfigPath } from '../servers/settings/server-config.ts'
import { refuseScript } from './code-rules.ts'
import type { OverlayContext } from './overlay-context.ts'
import type { OverlayRecord } from './overlay-rows.ts'

type Context = Pick<OverlayContext, 'db' | 'host' | 'jobs' | 'overlays' | 'space'>

/** Puts builds into the queue. */
export class BuildQueue {
  readonly #context: Context

  constructor(context: Context) {
    this.#context = context
  }

  /**
   * Asks for a build; one that waits already for the same person's rights is answered instead. Rejects with what would
   * make it fail at once: nothing to build, a script without the right, a full disk.
   */
  async request(overlayId: number, asker: Pick<SignedIn, 'mayBringCode'>): Promise<Job> {
    const { db, jobs, overlays } = this.#context
    await this.#refuse(await overlays.get(overlayId), asker)
    return db.transaction().execute(async transaction => {
      const record = await overlays.get(overlayId, transaction)
      return jobs.enqueue(
        {
          kind: 'overlay-build',
          input: {
            overlayId,
            revision: await overlays.nextRevision(record, transaction),
            allowNativeCode: asker.mayBringCode,
          },
          title: `Build “${record.name}”`,
          locks: [{ scope: `overlay:${overlayId}`, mode: 'exclusive' }],
          overlayId,
          ownerId: record.ownerId,
          mergeKey: `overlay-build:${overlayId}${asker.mayBringCode ? ':code' : ''}`,
        },
        transaction,
      )
    })
  }

  /** As the owner would ask, for what nobody asked for by hand. Rejects as `request` does. */
  async requestForOwner(overlayId: number): Promise<Job> {
    const { overlays } = this.#context
    const record = await overlays.get(overlayId)
    return this.request(overlayId, { mayBringCode: await overlays.ownerMayBringCode(record) })
  }

  async #refuse(record: OverlayRecord, asker: Pick<SignedIn, 'mayBringCode'>): Promise<void> {
    const { space } = this.#context
    const what = `Building “${record.name}”`
    switch (record.kind) {
      case 'script':
        refuseScript(asker, '/id')
        if ((record.script ?? '').trim() === '') throw nothingToBuild('The script is empty. Write it first.')
        return space.refuseUnless(0, what)
      case 'workshop':
        if ((record.workshopIds ?? []).length === 0)
          throw nothingToBuild('The overlay has no Workshop items. Add some first.')
        return space.refuseUnless(0, what)
      case 'map-index':
        if (record.indexUrl === null)
          throw nothingToBuild('The overlay has no address of an index. Give it one first.')
        return space.refuseUnless(0, what)
      case 'upload':
        return space.refuseUnless(await this.#refuseDraft(record), what)
    }
  }

  /** Resolves to the draft's bytes. */
  async #refuseDraft(record: OverlayRecord): Promise<number> {
    const draft = await this.#context.host.overlays.listDraft(record.id)
    if (draft.length === 0) throw nothingToBuild('The draft has no files. Put some into it first.')
    const config = draft.find(file => file.path === serverConfigPath)
    if (config && config.size > limits.overlayConfig) {
      throw new ProblemError(
        'body-too-large',
        `${config.path} has ${config.size} bytes, and may have at most ${limits.overlayConfig}. Shorten it first.`,
      )
    }
    return draft.reduce((sum, file) => sum + file.size, 0)
  }
}

function nothingToBuild(detail: string): ProblemError {
  return new ProblemError('action-not-allowed', detail)
}
