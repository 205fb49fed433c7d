import { buildNode, defineNode, describeItems, Secret } from '@left4me/converge'
import { expect, test } from 'vitest'
import { letsencryptBundle } from '../letsencrypt/bundle.ts'
import { nginxBundle } from './bundle.ts'

const vhost = {
  upstream: '127.0.0.1:8000',
  check_path: '/health',
  denied: new Set(['/metrics']),
  proxy_secret: new Secret('proxy', () => '0123456789abcdef'),
  largest_body: '1g',
}

function nodeWith(change: Record<string, unknown> = {}, domain = 'l4d2.example.org') {
  return defineNode({
    name: 'host1',
    bundles: [nginxBundle, letsencryptBundle],
    metadata: { nginx: { vhosts: { [domain]: { ...vhost, ...change } } } },
  })
}

test('a site has its certificate and its ports without being told', () => {
  const { metadata, graph } = buildNode(nodeWith())
  expect(metadata.values).toMatchObject({
    letsencrypt: { domains: { 'l4d2.example.org': { reload: 'nginx' } } },
    nftables: { input: new Set(['tcp dport { 80, 443 } accept']) },
  })
  expect([...graph.items.keys()]).toContain('action:certificate-l4d2.example.org')
})

test('without a site no port is opened', () => {
  const { metadata } = buildNode(defineNode({ name: 'host1', bundles: [nginxBundle, letsencryptBundle] }))
  expect(metadata.values).toMatchObject({ nftables: { input: new Set() } })
})

test('what proves the proxy is in no description of the node', () => {
  const described = JSON.stringify(describeItems(buildNode(nodeWith())))
  expect(described).not.toContain('0123456789abcdef')
  const wrong = JSON.stringify(describeItems(buildNode(nodeWith({ proxy_secret: '0123456789abcdef' }))))
  expect(wrong).not.toContain('0123456789abcdef')
})

test.each([
  ['upstream', '127.0.0.1', /nginx\/vhosts\/l4d2.example.org\/upstream is "127.0.0.1"\. Write a host/],
  ['upstream', '127.0.0.1:70000', /port above 65535/],
  ['upstream', '127.0.0.1:8000; }', /upstream is "127.0.0.1:8000; }"\. Write a host/],
  ['check_path', 'health', /check_path is "health"\. Write a path/],
  ['denied', new Set(['/metrics { } location /']), /denied has ".*"\. Write a path/],
  ['proxy_secret', '"; include /etc/shadow; #', /proxy_secret can’t be used\. Write 32 random bytes/],
  ['largest_body', '0', /largest_body is "0"\. Write a size/],
  ['largest_body', 5, /largest_body is 5\. Write a size/],
  ['upstraem', '127.0.0.1:8000', /upstraem is read by nothing\. Known are check_path/],
])('a site with %s %j is refused with the key and the remedy', (key, value, message) => {
  expect(() => buildNode(nodeWith({ [key]: value }))).toThrow(message)
})

test.each(['L4D2.example.org', '-a.example.org', 'a..example.org', 'a.example.org; }', '*.example.org'])(
  '%s is refused as a domain',
  domain => {
    expect(() => buildNode(nodeWith({}, domain))).toThrow(
      /(nginx\/vhosts|letsencrypt\/domains)\/.* is no usable name\. Write a host’s name/,
    )
  },
)
