import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseFibTrie, parseInterfaces, readLocalAddresses } from './local-addresses.ts'

/** Of a machine with one interface, 203.0.113.5/24. */
const fibTrie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
     +-- 203.0.113.0/24 2 0 2
        |-- 203.0.113.0
           /24 link UNICAST
        |-- 203.0.113.5
           /32 host LOCAL
        |-- 203.0.113.255
           /32 link BROADCAST
Local:
        |-- 203.0.113.5
           /32 host LOCAL
`

it('the addresses of IPv4 are the leaves that lead to the machine itself', () => {
  expect(parseFibTrie(fibTrie)).toEqual(['127.0.0.1', '203.0.113.5'])
})

it('the addresses of IPv6 are the first column', () => {
  expect(
    parseInterfaces(
      '20010db8000000000000000000000005 02 40 00 80     eth0\nfe800000000000005054 02 40 20 80 cut\n00000000000000000000000000000001 01 80 10 80       lo\n',
    ),
  ).toEqual(['2001:0db8:0000:0000:0000:0000:0000:0005', '0000:0000:0000:0000:0000:0000:0000:0001'])
})

it('every address that Node knows of this machine is among them', () => {
  const normal = (address: string) => (isIPv6(address) ? new URL(`http://[${address}]`).hostname : address)
  const found = readLocalAddresses().map(normal)
  const known = Object.values(networkInterfaces()).flatMap(list =>
    (list ?? []).map(({ address }) => normal(address)),
  )
  expect(known).toContain('127.0.0.1')
  expect(found).toEqual(expect.arrayContaining(known))
})

it('what is no such table has no addresses, and is no exception', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'|-- 127.0.0.1\n/32 host LOCAL') }), text => {
      for (const address of [...parseFibTrie(text), ...parseInterfaces(text)])
        expect(address).toMatch(/^[0-9a-f.:]+$/)
    }),
  )
})
