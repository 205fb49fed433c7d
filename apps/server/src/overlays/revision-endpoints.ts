import { createHash } from 'node:crypto'
import type { OverlayRevision, RevisionFile } from '@left4me/contract'
import { imageTypeOf, type LayerIndex } from '@left4me/protocols'
import type { LayerIndexes } from '../content/layer-indexes.ts'
import { endpoints } from '../http/endpoints.ts'
import { ProblemError, refuse } from '../http/problem-error.ts'
import { listOfNames } from '../servers/list-of-names.ts'
import { deleteRevision } from './delete-revision.ts'
import type { OverlayContext } from './overlay-context.ts'
import { usesOf } from './overlay-uses.ts'
import type { RevisionRecord } from './revision-rows.ts'

/** Entries of one answer. */
const pageEntries = 1000
/** Bytes of a picture within a VPK. */
const pictureBytes = 4 * 1024 * 1024
/** A revision never changes, so that neither does what was read of it. */
const forGood = 'private, max-age=31536000, immutable'

export function revisionEndpoints(context: OverlayContext, indexes: LayerIndexes) {
  const { db, overlays, revisions, users, host, news } = context

  const published = async (overlayId: number, revision: number): Promise<RevisionRecord> => {
    const found = await revisions.find(overlayId, revision)
    if (found !== null) return found
    throw new ProblemError('not-found', `There is no revision ${revision} of overlay ${overlayId}.`)
  }

  return endpoints({
    async listOverlayRevisions({ params, caller }) {
      const record = await overlays.get(params.id)
      const owns = caller.role === 'admin' || caller.userId === record.ownerId
      const needed = await users.of(params.id)
      const items = (await revisions.list(params.id)).map(
        ({ summary, jobId }): OverlayRevision => ({
          revision: summary.revision,
          publishedAt: new Date(summary.publishedAt).toISOString(),
          files: summary.files,
          bytes: summary.bytes,
          digest: summary.digest,
          findings: [...summary.findings],
          sources: [...summary.sources],
          jobId,
          usedBy: (needed.get(summary.revision) ?? [])
            .filter(user => owns || user.ownerId === caller.userId)
            .map(({ id, name, running, held }) => ({ id, name, running, held })),
          newest: summary.revision === record.revision,
        }),
      )
      return { items, nextCursor: null }
    },

    async deleteOverlayRevision({ params, note }) {
      const { id, revision } = params
      const record = await overlays.get(id)
      await published(id, revision)
      const named = `Revision ${revision} of “${record.name}”`
      const needing = (await users.of(id)).get(revision) ?? []
      if (needing.length > 0) {
        const names = listOfNames(
          'server',
          needing.map(user => user.name),
        )
        const how = needing.every(user => user.held) ? 'is held by' : 'is used by'
        throw new ProblemError(
          'in-use',
          `${named} ${how} ${names}. Let ${needing.length === 1 ? 'it' : 'them'} take another revision, and restart what runs.`,
        )
      }
      if (revision === record.revision) {
        const takers = ((await usesOf(db, [id])).get(id)?.servers ?? []).map(server => server.name)
        const who =
          takers.length === 0 ? '' : `, which ${listOfNames('server', takers)} take at the next start`
        throw new ProblemError(
          'in-use',
          `${named} is the newest${who}. Build another one, or delete the overlay.`,
        )
      }
      if (!(await deleteRevision(context, id, revision))) {
        throw new ProblemError('in-use', `${named} is needed by a server by now. Look at who uses it.`)
      }
      note({ detail: `revision ${revision}` })
      news.changed(record)
      return undefined
    },

    async listRevisionFiles({ params, query }) {
      const { id: overlayId, revision } = params
      await published(overlayId, revision)
      const index = await indexes.of({ overlayId, revision })
      const entries = entriesOf(index, query.path ?? '')
      if (entries === null) {
        throw refuse('not-found', '/path', `There is no folder ${query.path} in that revision.`)
      }
      const { cursor } = query
      const rest = cursor === undefined ? entries : entries.filter(entry => keyOf(entry) > cursor)
      const items = rest.slice(0, pageEntries)
      const last = items.at(-1)
      return {
        items,
        nextCursor: rest.length > items.length && last !== undefined ? keyOf(last) : null,
      }
    },

    async getRevisionPicture({ params, query, request, reply }) {
      const { id: overlayId, revision } = params
      const { summary } = await published(overlayId, revision)
      const etag = `"${createHash('sha256')
        .update(JSON.stringify([overlayId, revision, summary.digest, query.vpk, query.path]))
        .digest('base64url')
        .slice(0, 22)}"`
      reply.header('etag', etag).header('cache-control', forGood)
      if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) {
        reply.code(304).send()
        return undefined
      }
      const layer = { overlayId, revision }
      const bytes = await host.overlays.readVpkFile(layer, query.vpk, query.path, pictureBytes)
      const type = bytes === null ? null : imageTypeOf(bytes)
      if (bytes === null || type === null) {
        reply.removeHeader('etag').header('cache-control', 'no-store')
        throw new ProblemError('not-found', 'There is no picture (JPEG or PNG) at that path.')
      }
      reply.type(type).send(bytes)
      return undefined
    },
  })
}

/** Folders first, then files, each by name; null when there is no such folder. */
function entriesOf(index: LayerIndex, path: string): RevisionFile[] | null {
  const prefix = path === '' ? '' : `${path}/`
  const folders = new Set<string>()
  let exists = path === ''
  const files: RevisionFile[] = []
  for (const folder of index.folders) {
    if (folder.path === path) {
      exists = true
      for (const { name, size } of folder.files) {
        files.push({ name, path: prefix + name, kind: 'file', size })
      }
    } else if (folder.path.startsWith(prefix)) {
      exists = true
      folders.add(folder.path.slice(prefix.length).split('/', 1)[0] ?? '')
    }
  }
  if (!exists) return null
  const entries = [...folders].map(
    (name): RevisionFile => ({
      name,
      path: prefix + name,
      kind: 'folder',
      size: null,
    }),
  )
  return [...entries, ...files].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
}

function keyOf({ kind, name }: RevisionFile): string {
  return `${kind === 'folder' ? 0 : 1}${name}`
}
