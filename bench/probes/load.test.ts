import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { putUnderLoad } from './load.ts'

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

test('takes the time of every request', async () => {
  let answered = 0
  const url = await serve((request, response) => {
    expect(request.headers['x-who']).toBe('bench')
    answered += 1
    response.end('here')
  })
  const load = await putUnderLoad({ url, headers: { 'x-who': 'bench' }, connections: 3, seconds: 1 })
  expect(load.latencies.length).toBeGreaterThan(0)
  // Those that were under way at the end are answered but not counted.
  expect(answered - load.latencies.length).toBeLessThanOrEqual(3)
  expect(load.latencies.every(latency => latency > 0)).toBe(true)
})

test('measures nothing where requests fail', async () => {
  const url = await serve((_request, response) => {
    response.statusCode = 503
    response.end()
  })
  await expect(putUnderLoad({ url, connections: 1, seconds: 1 })).rejects.toThrow(/requests to .* failed/)
})
