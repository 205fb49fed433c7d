import type { Server } from '@left4me/contract'
import type { ApiClient } from '../../../e2e/support/api-client.ts'
import { waitFor } from '../../../e2e/support/wait-for.ts'

export const unitsOf = ({ id }: Pick<Server, 'id'>) => ({
  server: `left4me-server@${id}.service`,
  overlay: `left4me-overlay@${id}.service`,
})

/** A running server whose game answers. */
export async function runServer(
  api: ApiClient,
  name: string,
  words: readonly string[] = [],
): Promise<Server> {
  const { id } = await api.createServer({
    name,
    arguments: ['-simulate-boot-ms', '0', '-simulate-map-load-ms', '0', '-simulate-players', '0', ...words],
  })
  await api.power('startServer', id)
  return await waitFor(`server ${id} runs`, async () => {
    const server = await api.server(id)
    if (server.state === 'failed') throw new Error(`server ${id} failed: ${server.stateReason?.message}`)
    return server.state === 'running' && server
  })
}
