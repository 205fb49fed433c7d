import fabricio from '@fabricio-191/valve-server-query'
import { A2sClient } from '@left4me/protocols/client'
import { GameDig } from 'gamedig'
import { queryGameServerInfo, queryGameServerPlayer } from 'steam-server-query'
import type { SimulatedServerAddress } from '../simulated-servers.ts'

export const subjectNames = [
  'left4me',
  'gamedig',
  '@fabricio-191/valve-server-query',
  'steam-server-query',
] as const
export type SubjectName = (typeof subjectNames)[number]

/** INFO and PLAYER of one server. Rejects when it isn't answered. */
export type Query = (target: SimulatedServerAddress) => Promise<unknown>

const timeoutMs = 5000

/** Each library in the way in which it asks fastest, by its own documentation. */
export const openSubject: Record<SubjectName, () => Promise<Query>> = {
  left4me: async () => {
    const client = new A2sClient()
    await client.open()
    return async target => {
      await client.info(target, { timeoutMs })
      await client.players(target, { timeoutMs })
    }
  },
  gamedig:
    async () =>
    ({ host, port }) =>
      GameDig.query({ type: 'l4d2', host, port, givenPortOnly: true, requestRules: false }),
  // One connection a server, kept: it opens a socket and asks for INFO each time otherwise.
  '@fabricio-191/valve-server-query': async () => {
    const connections = new Map<number, ReturnType<typeof fabricio.Server>>()
    return async ({ host, port }) => {
      const known = connections.get(port)
      const connecting = known ?? fabricio.Server({ ip: host, port, timeout: timeoutMs, enableWarns: false })
      if (known === undefined) connections.set(port, connecting)
      const server = await connecting
      await server.getInfo()
      await server.getPlayers()
    }
  },
  'steam-server-query':
    async () =>
    async ({ host, port }) => {
      await queryGameServerInfo(`${host}:${port}`, 1, timeoutMs)
      await queryGameServerPlayer(`${host}:${port}`, 1, timeoutMs)
    },
}
