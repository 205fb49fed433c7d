import type { Host } from '@left4me/host'
import { endpoints } from '../http/endpoints.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { LiveServers } from '../live/live-servers.ts'
import type { ServerDirectory, ServerRecord } from '../servers/server-directory.ts'
import { campaignsOf } from './campaigns.ts'
import { conflictsOf } from './conflicts.ts'
import { type ContentDependencies, nextContentOf } from './content-of-server.ts'
import type { CampaignShelf } from './library.ts'
import { PublicPages } from './public-page.ts'

/** What servers' layers hold: campaigns, conflicts, and the page for players. */
export function contentEndpoints(dependencies: {
  readonly directory: ServerDirectory
  readonly live: LiveServers
  readonly host: Pick<Host, 'overlays'>
  readonly content: ContentDependencies
  readonly shelf: CampaignShelf
}) {
  const { directory, live, host, content, shelf } = dependencies
  const pages = new PublicPages({ store: () => host.overlays })

  const recordOf = (id: number): ServerRecord => {
    const record = directory.get(id)
    if (record === null) throw new ProblemError('not-found', `There is no server ${id}.`)
    return record
  }
  /** A server without a public page answers as one that isn't there: ids tell nothing. */
  const publicRecord = (id: number): ServerRecord => {
    const record = directory.get(id)
    if (record?.publicPage === true) return record
    throw new ProblemError('not-found', `There is no public page of a server ${id}.`)
  }

  return endpoints({
    listServerCampaigns: async ({ params }) => campaignsOf(await nextContentOf(content, recordOf(params.id))),

    listServerConflicts: async ({ params }) => conflictsOf(await nextContentOf(content, recordOf(params.id))),

    listCampaigns: async ({ caller }) => ({ items: await shelf.list(caller), nextCursor: null }),

    async getPublicServer({ params }) {
      const record = publicRecord(params.id)
      const server = live.server(record.id)
      if (server === null)
        throw new ProblemError('not-found', `There is no public page of a server ${params.id}.`)
      return pages.show(server, await nextContentOf(content, record))
    },

    async getPublicPicture({ params, query, reply }) {
      const record = publicRecord(params.id)
      const { type, bytes } = await pages.picture(
        record.id,
        await nextContentOf(content, record),
        query.campaign,
      )
      reply
        .type(type)
        // The server may take another revision at any time.
        .header('cache-control', 'public, max-age=3600')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .send(bytes)
      return undefined
    },
  })
}
