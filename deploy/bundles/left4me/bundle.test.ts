import { buildNode, defineBundle, defineNode, describeItems, type Node, user } from '@left4me/converge'
import { describe, expect, it } from 'vitest'
import example from '../../nodes/example.ts'
import type { DeployMetadata } from '../../src/metadata.ts'
import { workingTree } from '../../testing/working-tree.ts'
import { left4meNode } from '../left4me-node.ts'

const facts = { ...example.facts, host: { ...(example.facts?.['host'] as object) } }

/** A host of four cores with 16 GiB, unless told. */
function host(
  left4me: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
  of: object = {},
): Node {
  const metadata = { left4me: { domain: 'panel.example.org', ...left4me }, ...more }
  return left4meNode('host1', { metadata, facts: { host: { ...facts.host, ...of } } }, workingTree())
}

function metadataOf(node: Node): DeployMetadata {
  return buildNode(node).metadata.values as unknown as DeployMetadata
}

/** The text that an item would write; secrets by their names. */
function textOf(node: Node, id: string): string {
  const item = buildNode(node).graph.items.get(id)
  if (item === undefined) throw new Error(`there is no ${id}`)
  const preview = item.preview?.().text
  return preview ?? String((item.identity as { content: string }).content)
}

describe('a node that says only its domain', () => {
  const node = host()

  it('tells the other bundles what left4me needs of them', () => {
    const { nftables, nginx, letsencrypt, monitoring, backup } = metadataOf(node)
    expect([...nftables.input].filter(rule => rule.startsWith('udp'))).toEqual([
      'udp dport 27015-27115 accept',
      'udp dport 29015-29115 accept',
    ])
    expect([...nftables.game_ports]).toEqual(['27015-27115', '29015-29115'])
    expect(nginx.vhosts['panel.example.org']).toMatchObject({
      upstream: '127.0.0.1:8000',
      check_path: '/health',
      denied: new Set(['/metrics']),
    })
    expect(Object.keys(letsencrypt.domains)).toEqual(['panel.example.org'])
    expect(monitoring.checks['left4me']).toEqual({ url: 'https://panel.example.org/health' })
    expect([...backup.paths]).toEqual(['/var/lib/left4me', '/etc/left4me'])
    expect(backup.before['left4me']).toEqual([
      '/usr/local/sbin/left4me',
      'backup',
      '/var/lib/left4me/data/backup/left4me.db',
    ])
  })

  it('derives its cores, its log listener and its secrets, and says where it can’t be as others', () => {
    const { left4me, remarks } = metadataOf(node)
    expect(left4me.system_cpus).toBe('0')
    expect(left4me.log_listener).toEqual({ address: '192.0.2.10', port: 27_500 })
    expect(String(left4me.secret_key)).toBe('[secret host1 left4me secret_key]')
    expect([...remarks]).toEqual([])
    const small = host(
      {},
      {},
      { topology: '/sys/devices/system/cpu/cpu0/topology/thread_siblings_list:0\n', container: 'lxc' },
    )
    expect(metadataOf(small).left4me.system_cpus).toBe(null)
    expect([...metadataOf(small).remarks].sort()).toEqual([
      expect.stringContaining('This host is a container (lxc)'),
      expect.stringContaining('This machine has one core'),
    ])
  })

  it('writes one file of settings, whose secrets nobody sees', () => {
    expect(
      textOf(node, 'file:/etc/left4me/web.env'),
    ).toBe(`[secret DATABASE_URL=sqlite:/var/lib/left4me/data/left4me.db
SECRET_KEY=[secret host1 left4me secret_key]
LEFT4ME_PROXY_SECRET=[secret host1 left4me proxy_secret]
SESSION_COOKIE_SECURE=true
JOB_WORKER_THREADS=4
LEFT4ME_PORT_RANGE_START=27015
LEFT4ME_PORT_RANGE_END=27115
LEFT4ME_PUBLIC_ADDRESS=panel.example.org
LOG_LISTENER_ADDR=192.0.2.10:27500
LOG_LISTENER_BIND=192.0.2.10:27500
]`)
    const own = 'a-key-that-somebody-chose-0123456789'
    const chosen = host({ secret_key: own, proxy_secret: own, steam_web_api_key: 'ABCDEF' })
    expect(JSON.stringify(describeItems(buildNode(chosen)))).not.toContain(own)
    expect(JSON.stringify(metadataOf(chosen).nginx)).toContain('[secret left4me/proxy_secret]')
    expect(textOf(chosen, 'file:/etc/left4me/web.env')).toContain(
      'STEAM_WEB_API_KEY=[secret left4me/steam_web_api_key]',
    )
  })

  it('gives the key that BundleWrap gave, so that a host of its can be taken over', () => {
    const { left4me } = metadataOf(node)
    // bw: repo.vault.random_bytes_as_base64_for('host1 left4me secret_key', length=32) with 32 bytes of 7 as the key.
    expect(left4me.secret_key).toMatchObject({ identifier: 'host1 left4me secret_key' })
    expect(String(left4me.secret_key instanceof Object && left4me.secret_key.reveal())).toMatch(
      /^[A-Za-z0-9+/]{43}=$/,
    )
  })
})

describe('what a node says otherwise', () => {
  it('opens RCON for the prefixes that it names, and for nobody else', () => {
    const rules = (node: Node) =>
      [...metadataOf(node).nftables.input].filter(rule => rule.includes('tcp dport 27'))
    expect(rules(host())).toEqual([])
    expect(rules(host({ rcon_from: new Set(['192.0.2.0/24', '2001:db8::1']) }))).toEqual([
      'ip saddr 192.0.2.0/24 tcp dport 27015-27115 accept',
      'ip6 saddr 2001:db8::1 tcp dport 27015-27115 accept',
    ])
  })

  it('is in the host’s own files: cores, marks, limits, threads', () => {
    const node = host({
      system_cpus: '0-1',
      marks: false,
      limits: { FILES_LIMIT: 5000 },
      sandbox_denied: new Set(['198.51.100.7']),
      web_threads: 8,
    })
    expect(textOf(node, 'drop-in:l4d2-game.slice/99-left4me-cpuset')).toContain('AllowedCPUs=2-3\n')
    expect(textOf(node, 'drop-in:system.slice/99-left4me-cpuset')).toContain('AllowedCPUs=0-1\n')
    expect(textOf(node, 'file:/etc/left4me/nftables.d/no-marks.nft')).toContain(
      'flush chain inet left4me expedite\n',
    )
    expect(textOf(node, 'file:/etc/left4me/limits.env')).toBe(
      'FILES_LIMIT=5000\nSANDBOX_DENIED_ADDRESSES=198.51.100.7\n',
    )
    expect(textOf(node, 'drop-in:left4me-web.service/99-left4me-threads')).toContain('UV_THREADPOOL_SIZE=8\n')
    const { items } = buildNode(host()).graph
    expect(items.has('file:/etc/left4me/limits.env')).toBe(false)
    expect(items.get('file:/etc/left4me/nftables.d/no-marks.nft')?.expected()).toBe(null)
  })

  it('leaves the kernel alone where it is somebody else’s', () => {
    const kernels = (node: Node) =>
      [...buildNode(node).graph.items.keys()].filter(id => id.startsWith('sysctl:'))
    expect(kernels(host())).toEqual(['sysctl:99-left4me'])
    expect(kernels(host({}, {}, { container: 'lxc' }))).toEqual([])
  })
})

describe('a node that can’t be', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no domain', { domain: undefined }, 'left4me/domain'],
    ['a domain of one word', { domain: 'panel' }, 'left4me/domain is "panel". Write the host name'],
    ['an address', { domain: '192.0.2.1' }, 'left4me/domain is "192.0.2.1"'],
    ['a domain with a path', { domain: 'a.example.org/x' }, 'left4me/domain is'],
    [
      'a setting that there isn’t',
      { port_range_strat: 1 },
      'left4me/port_range_strat is read by nothing. Known are',
    ],
    [
      'an option as the repository',
      { git_url: '--upload-pack=x' },
      'left4me/git_url is "--upload-pack=x". Write an address',
    ],
    ['a program as the repository', { git_url: 'ext::sh -c id' }, 'left4me/git_url is'],
    ['an option as the branch', { git_branch: '--all' }, 'left4me/git_branch is "--all". Write the name'],
    [
      'two workers',
      { web_workers: 2 },
      "left4me/web_workers is 2. Write 1, and raise web_threads instead: several can't share RCON",
    ],
    [
      'half a thread',
      { web_threads: 0.5 },
      'left4me/web_threads is 0.5. Write a whole number from 1 to 1024.',
    ],
    ['too many workers', { job_worker_threads: 65 }, 'left4me/job_worker_threads is 65'],
    ['a port of the system', { port_range_start: 80 }, 'left4me/port_range_start is 80'],
    [
      'ports the wrong way round',
      { port_range_start: 27_200 },
      'the end comes before the start. Choose another range',
    ],
    [
      'ports that reach the kernel’s',
      { port_range_start: 30_000, port_range_end: 30_100 },
      'gives ports to anybody. Choose',
    ],
    [
      'a core that isn’t there',
      { system_cpus: '0,4' },
      "Core 4 isn't there: this machine has 0-3. Name some of 0-3",
    ],
    ['no core for games', { system_cpus: '0-3' }, 'no core is left for games. Name fewer'],
    ['cores that are no list', { system_cpus: 'all' }, 'left4me/system_cpus is "all". Write the cores'],
    [
      'no pinning on several cores',
      { system_cpus: null },
      'left4me/system_cpus is null on a machine with several',
    ],
    [
      'a key with a newline',
      { steam_web_api_key: 'A\nB=1' },
      'left4me/steam_web_api_key can’t be used. Write',
    ],
    ['a short key', { secret_key: 'short' }, 'left4me/secret_key can’t be used. Write at least 32'],
    ['no secret', { proxy_secret: null }, 'left4me/proxy_secret is null. Write at least 32'],
    [
      'a file as steamcmd',
      { steamcmd_url: 'file:///etc/shadow' },
      'left4me/steamcmd_url is "file:///etc/shadow". Write',
    ],
    [
      'a listener on loopback',
      { log_listener: { address: '127.0.0.1' } },
      'game servers send nothing to loopback',
    ],
    [
      'a listener on mapped loopback',
      { log_listener: { address: '::ffff:127.0.0.1' } },
      'send nothing to loopback',
    ],
    ['a listener everywhere', { log_listener: { address: '0.0.0.0' } }, "isn't the address of one host"],
    ['a listener at a game’s port', { log_listener: { port: 27_015 } }, "can't have port 27015. Choose one"],
    [
      'a listener with more',
      { log_listener: { prot: 1 } },
      'left4me/log_listener/prot is read by nothing. Known are address, port.',
    ],
    ['RCON as a list', { rcon_from: '192.0.2.0/24' }, 'left4me/rcon_from'],
    [
      'RCON from a rule',
      { rcon_from: new Set(['0.0.0.0/0 tcp']) },
      'left4me/rcon_from has "0.0.0.0/0 tcp". Write',
    ],
    [
      'RCON from too long a prefix',
      { rcon_from: new Set(['192.0.2.0/33']) },
      'left4me/rcon_from has "192.0.2.0/33"',
    ],
    ['marks that are a word', { marks: 'no' }, 'left4me/marks is "no". Write true or false.'],
    [
      'a registry with a password, not shown',
      { npm_registry: 'https://a:b@example.org/' },
      'left4me/npm_registry is "https://…@example.org/". Write an http or https address without a password.',
    ],
    ['a number as a key, not shown', { secret_key: 12_345 }, 'left4me/secret_key can’t be used. Write'],
    ['a cache beside', { npm_cache: '../cache' }, 'left4me/npm_cache is "../cache". Write an absolute path'],
    ['a limit that there isn’t', { limits: { FILES: 1 } }, 'left4me/limits/FILES is read by nothing. Known'],
    ['a limit of nothing', { limits: { FILES_LIMIT: 0 } }, 'left4me/limits/FILES_LIMIT is 0'],
  ])('is refused by one sentence with its name, the key and the remedy: %s', (_, left4me, message) => {
    let said = ''
    try {
      buildNode(host(left4me))
    } catch (error) {
      said = error instanceof Error ? error.message : String(error)
    }
    expect(said).toContain(message)
    expect(said).toContain('host1')
  })

  it('is refused when it has no address that servers could send their logs to', () => {
    for (const addresses of [[], ['127.0.0.1', '::1']])
      expect(() => buildNode(host({}, {}, { interface: { name: 'lo', addresses } }))).toThrow(
        'left4me/log_listener/address is missing. Write an address that the host has',
      )
  })

  it('is refused when marks would do nothing', () => {
    const node = host({}, { network: { eth0: { cake: { preset: 'besteffort' } } } })
    expect(() => buildNode(node)).toThrow('marking those of the games does nothing. Set CAKE to diffserv4')
  })

  it.each([
    [{ eth0: null }, null],
    [{ eth0: { cake: null } }, 'network/eth0/cake/preset is missing. Write one of tc-cake(8)'],
    [{ eth0: 'fast' }, 'network/eth0 is "fast". Write a map.'],
  ])('says of an interface no more than what is written: %j', (network, refusal) => {
    const build = () => buildNode(host({}, { network }))
    if (refusal === null) expect(build).not.toThrow()
    else expect(build).toThrow(refusal)
  })

  it('is refused when its host has the number of left4me for somebody else', () => {
    const node = host({}, {}, { account_conflict: 'The number 980 is that of the user x on this host.' })
    expect(() => buildNode(node)).toThrow('host1, bundle left4me: The number 980 is that of the user x')
  })

  it('is refused when another bundle pins its number, too', () => {
    const other = defineBundle({ name: 'other', items: () => [user('other', { uid: 980 })] })
    const node = host()
    expect(() => buildNode(defineNode({ ...node, bundles: [...(node.bundles ?? []), other] }))).toThrow(
      'both pin uid 980. Give one another number.',
    )
  })
})
