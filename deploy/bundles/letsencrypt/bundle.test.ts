import { buildNode, defineNode, describeItems, type ItemDescription } from '@left4me/converge'
import { expect, test } from 'vitest'
import { letsencryptBundle } from './bundle.ts'

const domains = { 'l4d2.example.org': { reload: 'nginx' } }

const itemsOf = (letsencrypt: Record<string, unknown>): ItemDescription[] =>
  describeItems(
    buildNode(
      defineNode({
        name: 'host1',
        bundles: [letsencryptBundle],
        metadata: { letsencrypt: { domains, ...letsencrypt } },
      }),
    ),
  )
const argumentsOf = (letsencrypt: Record<string, unknown>) => {
  const item = itemsOf(letsencrypt).find(({ id }) => id === 'action:certificate-l4d2.example.org')
  return (item?.attributes as { arguments: string[] } | undefined)?.arguments
}

test('certificates are Let’s Encrypt’s real ones unless staging is asked for', () => {
  expect(argumentsOf({})).toContain('https://acme-v02.api.letsencrypt.org/directory')
  const staging = argumentsOf({ staging: true })
  expect(staging).toContain('https://acme-staging-v02.api.letsencrypt.org/directory')
  // certbot takes no test certificate in place of a real one unless it is told twice.
  expect(staging).toContain('--break-my-certs')
})

test('where no authority is to be asked nothing of certbot’s is installed, and there is a certificate all the same', () => {
  const ids = itemsOf({ enabled: false }).map(({ id }) => id)
  expect(ids).toContain('action:self-signed-certificate-l4d2.example.org')
  expect(ids.filter(id => id.includes('certbot') || id.startsWith('action:certificate-'))).toEqual([])
})

test('a name that no authority certifies is fine where none is asked', () => {
  const names = { '192.0.2.1': { reload: 'nginx' }, left4me: { reload: 'nginx' } }
  const item = itemsOf({ enabled: false, domains: names }).find(({ id }) => id.endsWith('192.0.2.1'))
  expect(item?.attributes).toMatchObject({ arguments: expect.arrayContaining(['IP:192.0.2.1']) })
})

test.each([
  [{ domains: { '192.0.2.1': { reload: 'nginx' } } }, /192\.0\.2\.1 is no name that a public authority/],
  [{ domains: { left4me: { reload: 'nginx' } } }, /left4me is no name that a public authority/],
  [
    { domains: { '*.example.org': { reload: 'nginx' } } },
    /domains\/\*\.example\.org is no usable name\. Write a host’s name/,
  ],
  [
    { domains: { [`${'a'.repeat(60)}.example.org`]: { reload: 'nginx' } } },
    /\.example\.org is no usable name\. Write a host’s name .* at most 64 characters/,
  ],
  [
    { domains: { 'l4d2.example.org': { reload: 'nginx; reboot' } } },
    /letsencrypt\/domains\/l4d2\.example\.org\/reload is "nginx; reboot"\. Write a unit/,
  ],
  [{ domains: { 'a.org': { reload: 'x', user: 'y' } } }, /domains\/a\.org\/user is read by nothing\. Known/],
  [{ email: 'nobody' }, /letsencrypt\/email is "nobody"\. Write an address/],
  [{ directory_url: 'http://a.example.org/dir' }, /letsencrypt\/directory_url is "http:.*"\. Write an https/],
  [{ directory_url: 'https://authority.example.org/dir', staging: true }, /staging has no meaning beside/],
  [{ enabled: 'no' }, /letsencrypt\/enabled is "no"\. Write true or false/],
  [{ agree: true }, /letsencrypt\/agree is read by nothing/],
])('%j is refused with the key', (letsencrypt, message) => {
  expect(() => itemsOf(letsencrypt)).toThrow(message)
})
