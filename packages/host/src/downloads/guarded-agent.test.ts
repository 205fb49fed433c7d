import { type AgentOptions, createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allowedUrl, type DownloadPurpose, defaultDownloadPolicy } from './download-policy.ts'
import { PublicHttpsAgent } from './guarded-agent.ts'
import { HttpClient } from './http-client.ts'
import { isPublicAddress } from './public-address.ts'
import { testCertificate } from './testing/certificate.ts'
import { FileServer } from './testing/file-server.ts'

describe('public addresses', () => {
  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:8.8.8.8',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2001::1',
    '',
    'localhost',
    '127.1',
    '0x7f000001',
  ])('%s is none', address => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])(
    '%s is one',
    address => {
      expect(isPublicAddress(address)).toBe(true)
    },
  )
})

describe('the policy', () => {
  const judge = (url: string, purpose: DownloadPurpose) => () =>
    allowedUrl(url, purpose, defaultDownloadPolicy)

  it.each(['https://cdn.steamusercontent.com/ugc/1/a', 'https://steamusercontent-a.akamaihd.net/ugc/1/a'])(
    'takes the Workshop’s %s',
    url => {
      expect(judge(url, 'workshop')).not.toThrow()
    },
  )

  it.each([
    'http://cdn.steamusercontent.com/a',
    'https://cdn.steamusercontent.com:8443/a',
    'https://evilsteamusercontent.com/a',
    'https://cdn.steamusercontent.com.evil.example/a',
    'https://cdn.steamusercontent.com@evil.example/a',
    'https://evil.example/cdn.steamusercontent.com',
    'file:///etc/passwd',
    'not a url',
    `https://cdn.steamusercontent.com/${'x'.repeat(3000)}`,
  ])('refuses the Workshop’s %s', url => {
    expect(judge(url, 'workshop')).toThrow(expect.objectContaining({ code: 'download-refused' }))
  })

  it.each([
    'https://127.0.0.1/i.csv',
    'https://2130706433/i.csv',
    'https://[::1]/i.csv',
    'https://[::ffff:10.0.0.1]/i.csv',
    'http://maps.example/i.csv',
  ])('refuses an index at %s', url => {
    expect(judge(url, 'index')).toThrow(expect.objectContaining({ code: 'download-refused' }))
  })

  it('throws nothing else, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.ipV4(),
          fc.ipV6().map(ip => `https://[${ip}]/`),
        ),
        text => {
          try {
            expect(judge(text, 'index')().protocol).toBe('https:')
          } catch (error) {
            expect(error).toMatchObject({ code: 'download-refused' })
          }
        },
      ),
    )
  })

  it('lets only the trusted origin past, not another port of its host', () => {
    const policy = { workshopHosts: [], trustedOrigins: ['http://127.0.0.1:8090'] }
    expect(allowedUrl('http://127.0.0.1:8090/a', 'workshop', policy).pathname).toBe('/a')
    expect(() => allowedUrl('http://127.0.0.1:8091/a', 'workshop', policy)).toThrow(/https/)
  })
})

describe('a connection', () => {
  const policy = { workshopHosts: [], trustedOrigins: [] }
  const get = (url: string, addresses: string[][], connections: { count: number }) => {
    let lookups = 0
    const agent = () => {
      const made = new PublicHttpsAgent({}, (_host, callback) => {
        const found = addresses[Math.min(lookups++, addresses.length - 1)] ?? []
        callback(
          null,
          found.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
        )
      })
      const create = made.createConnection.bind(made)
      made.createConnection = (...given) => {
        connections.count++
        return create(...given)
      }
      return made
    }
    const client = new HttpClient(policy, { idleMs: 60_000, publicAgent: agent })
    return client.get(url, 'index', {}, new AbortController().signal).finally(() => client[Symbol.dispose]())
  }

  it('isn’t made to a name that leads inside, not even when another of its addresses is public', async () => {
    await using server = await FileServer.start((_request, response) => response.end('secret'))
    const { port } = new URL(server.origin)
    const connections = { count: 0 }
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:127.0.0.1'], ['fd00::1']])
      await expect(get(`https://maps.example:${port}/`, [addresses], connections)).rejects.toMatchObject({
        code: 'download-refused',
      })
    expect(server.ranges).toEqual([])
  })

  it('whose address turns out to be ours is closed before anything is sent', async () => {
    await using server = await FileServer.start((_request, response) => response.end('secret'))
    const { port } = new URL(server.origin)
    // What the lookup lets through is bypassed, as a rebinding name or a broken resolver would.
    class Bypassed extends PublicHttpsAgent {
      override createConnection(...[options, callback]: Parameters<PublicHttpsAgent['createConnection']>) {
        const lookup: import('node:net').LookupFunction = (_host, given, done) =>
          given.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)
        return super.createConnection({ ...options, lookup }, callback)
      }
    }
    using client = new HttpClient(policy, { idleMs: 60_000, publicAgent: () => new Bypassed({}) })
    await expect(
      client.get(`https://maps.example:${port}/`, 'index', {}, new AbortController().signal),
    ).rejects.toMatchObject({ code: 'download-refused', message: expect.stringContaining('127.0.0.1') })
    expect(server.ranges).toEqual([])
  })
})

describe('a host that everybody can reach', () => {
  const withServer = async (
    options: AgentOptions,
    times = 1,
  ): Promise<{ bodies: string[]; connections: number }> => {
    const { host, cert, key } = testCertificate
    const server = createServer({ cert, key }, (_request, response) => response.end('maps'))
    server.keepAliveTimeout = 0
    let connections = 0
    server.on('connection', () => connections++)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const agent = () =>
      new PublicHttpsAgent(
        { keepAlive: true, ...options },
        (_host, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
        // Here loopback stands for the internet.
        address => address === '127.0.0.1',
      )
    using client = new HttpClient(
      { workshopHosts: [], trustedOrigins: [] },
      { idleMs: 60_000, publicAgent: agent },
    )
    try {
      const bodies: string[] = []
      for (let time = 0; time < times; time++) {
        const answer = await client.get(`https://${host}:${port}/`, 'index', {}, new AbortController().signal)
        let body = ''
        for await (const pieces of answer.body.pieces()) body += Buffer.concat(pieces).toString()
        bodies.push(body)
      }
      return { bodies, connections }
    } finally {
      server.closeAllConnections()
      server.close()
    }
  }

  it('is fetched from by TLS, again on the same connection', async () => {
    expect(await withServer({ ca: testCertificate.cert }, 2)).toEqual({
      bodies: ['maps', 'maps'],
      connections: 1,
    })
  })

  it('with a certificate that nobody vouches for is refused', async () => {
    await expect(withServer({})).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  })
})
