import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { startTestServer } from './testing/test-server.ts'

test('a connection on which nothing was asked, as browsers open them ahead, keeps no stop waiting', async () => {
  const server = await startTestServer()
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  await server[Symbol.asyncDispose]()
  await closed
  expect(socket.destroyed).toBe(true)
})
