import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { ClientAddresses } from './client-address.ts'

const proxySecret = '0123456789abcdef0123456789abcdef-of-the-proxy'

function addressOf(
  headers: Record<string, string>,
  remoteAddress: string,
  secret: string | null = proxySecret,
) {
  const request = { headers, socket: { remoteAddress } } as unknown as Parameters<ClientAddresses['of']>[0]
  return new ClientAddresses({ proxySecret: secret }).of(request)
}

const proved = { 'x-left4me-proxy': proxySecret }

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8::7', '2001:db8::7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  // A client's own claim stands before what the proxy adds.
  ['198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['198.51.100.1,203.0.113.7 ', '203.0.113.7'],
  ['203.0.113.7, unknown', '127.0.0.1'],
  ['', '127.0.0.1'],
  ['203.0.113.7:4711', '127.0.0.1'],
])('the proxy that says %j is believed to mean %s', (told, address) => {
  expect(addressOf({ ...proved, 'x-forwarded-for': told }, '127.0.0.1')).toBe(address)
})

test.each<[string, Record<string, string>, string | null]>([
  ['says nothing', {}, proxySecret],
  ['says something else', { 'x-left4me-proxy': `${proxySecret}x` }, proxySecret],
  ['says nothing at length', { 'x-left4me-proxy': '' }, proxySecret],
  ['knows a secret where there is none', proved, null],
  ['says null where there is none', { 'x-left4me-proxy': 'null' }, null],
])('nobody who %s is believed an address', (_what, headers, secret) => {
  expect(addressOf({ ...headers, 'x-forwarded-for': '203.0.113.7' }, '::ffff:192.0.2.1', secret)).toBe(
    '192.0.2.1',
  )
})

describe('failed log-ins', () => {
  let server: TestServer

  beforeAll(async () => {
    server = await startTestServer({ environment: { LEFT4ME_PROXY_SECRET: proxySecret } })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** From one connection of this machine's, as through a proxy. */
  const failures = async (times: number, headers: (time: number) => Record<string, string>) => {
    const statuses: number[] = []
    for (let time = 0; time < times; time++) {
      const username = `nobody${Math.random().toString(36).slice(2, 10)}`
      const client = server.anonymous(headers(time))
      statuses.push((await client.post('/api/v1/session', { username, password: 'a wrong password' })).status)
    }
    return statuses
  }

  test('count for the address that the proxy tells, and nobody else’s', async () => {
    const from = (address: string) => () => ({ ...proved, 'x-forwarded-for': address })
    expect(await failures(21, from('203.0.113.1'))).toEqual([...Array(20).fill(401), 429])
    expect(await failures(1, from('203.0.113.2'))).toEqual([401])
  })

  test('are not spread over addresses that somebody makes up', async () => {
    const forged = (time: number) => ({
      'x-left4me-proxy': 'guessed',
      'x-forwarded-for': `203.0.113.${time}`,
    })
    expect(await failures(21, forged)).toEqual([...Array(20).fill(401), 429])
  })

  test('would be spread if the proxy passed on what it was sent', async () => {
    // Why nginx replaces the header instead of adding to one in front: here the attacker speaks as the proxy.
    const spoken = (time: number) => ({ ...proved, 'x-forwarded-for': `198.51.100.${time}` })
    expect(await failures(21, spoken)).toEqual(Array(21).fill(401))
  })
})
