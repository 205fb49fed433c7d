import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerParent } from '../processes/measured-program.ts'

/**
 * The least that a Node program does to answer so many bytes: what the API's own work is compared with. Resolves with
 * its address; ends with its parent.
 */
await answerParent(async ({ body }: { body: string }) => {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json; charset=utf-8')
    response.end(body)
  })
  const { promise, resolve } = Promise.withResolvers<string>()
  server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`))
  return await promise
})
