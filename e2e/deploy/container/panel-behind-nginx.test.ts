import { apply, type Node } from '@left4me/converge'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { outside } from '../../host/support/outside.ts'
import { waitFor } from '../../support/wait-for.ts'
import { domain, mustSucceed, type NodeBed, openNodeBed } from '../support/node-bed.ts'

const password = 'correct horse battery staple'
const api = `https://${domain}/api/v1`
const curl = 'curl --silent --insecure --max-time 60'
const json = "-H 'content-type: application/json'"
/** Another address of the machine outside: who has failed too often there may still log in from its own. */
const stranger = '198.51.100.66'

describeWith(['root'], 'left4me behind its nginx', () => {
  let host: NodeBed
  let node: Node

  const inside = (script: string): Promise<string> => host.bed.container.succeed(script)
  const fromOutside = async (script: string): Promise<string> =>
    (await host.bed.outside(script)).stdout.trimEnd()
  /** So many log-ins, each of another account and as from another address if one believes it: the status of each. */
  const logIns = (count: number, seed: string, from = ''): string => `for each in $(seq ${count}); do
      ${curl} ${from} -o /dev/null -w '%{http_code} ' ${json} -H "X-Forwarded-For: 203.0.113.$each" -H 'X-Left4me-Proxy: guessed' \
        -d '{"username":"${seed}'$each'","password":"a wrong password"}' ${api}/session
    done`
  const statuses = (text: string): Record<string, number> => {
    const counts: Record<string, number> = {}
    for (const status of text.trim().split(' ')) counts[status] = (counts[status] ?? 0) + 1
    return counts
  }
  const logIn = `${curl} --fail -c /tmp/cookies ${json} -d '{"username":"zoey","password":"${password}"}' ${api}/session >/dev/null`
  const serverNames = async (): Promise<string[]> => {
    const { items } = JSON.parse(await fromOutside(`${logIn}; ${curl} -b /tmp/cookies ${api}/servers`)) as {
      items: { name: string }[]
    }
    return items.map(({ name }) => name)
  }

  beforeAll(async () => {
    host = await openNodeBed()
    const plain = host.node()
    const backup = { repository: '/srv/repository', password: 'a password of the test bed' }
    node = { ...plain, metadata: { ...plain.metadata, backup } }
    mustSucceed(await apply(node, host.bed.transport))
    await inside(`echo '${outside.public.host4} ${domain}' >>/etc/hosts
      ip -netns outside address add ${stranger}/24 dev to-host
      LEFT4ME_ADMIN_PASSWORD='${password}' left4me create-user zoey --admin`)
  })
  afterAll(async () => {
    await host?.[Symbol.asyncDispose]()
  })

  test('counts failed log-ins for the address that they come from, whatever the client claims', async () => {
    expect(statuses(await fromOutside(logIns(22, 'a', `--interface ${stranger}`)))).toEqual({
      401: 20,
      429: 2,
    })
    expect(statuses(await inside(logIns(1, 'b')))).toEqual({ 401: 1 })
  })

  test('would lock everybody out at once if nginx did not prove itself', async () => {
    await inside(`sed -i 's/^proxy_set_header X-Left4me-Proxy .*/proxy_set_header X-Left4me-Proxy "";/' /etc/nginx/upstream-headers/*
      systemctl restart nginx`)
    // Whoever fails now, the address is nginx's own, and so is everybody's.
    expect(statuses(await inside(logIns(22, 'c')))).toEqual({ 401: 20, 429: 2 })
    expect(statuses(await fromOutside(logIns(1, 'd')))).toEqual({ 429: 1 })
    mustSucceed(await apply(node, host.bed.transport))
    // For a moment after a reload nginx's former processes still take connections.
    await waitFor('a log-in', async () => (await host.bed.outside(logIn)).code === 0)
  })

  test('sends its events through nginx as they happen', async () => {
    await fromOutside(`${logIn}; rm -f /tmp/events
      (exec curl --silent --insecure --no-buffer -b /tmp/cookies ${api}/events >/tmp/events & echo $! >/tmp/events.pid) </dev/null >/dev/null 2>&1`)
    const seen = () => inside('cat /tmp/events 2>/dev/null || true')
    await waitFor('the stream', async () => (await seen()) !== '')
    expect(await seen()).toContain('retry: 1000')
    expect(await seen()).not.toContain('made while somebody looks')
    await fromOutside(
      `${curl} -b /tmp/cookies ${json} -d '{"name":"made while somebody looks"}' ${api}/servers`,
    )
    await waitFor('the event', async () =>
      /event: server\ndata: .*made while somebody looks/.test(await seen()),
    )
    await inside('kill $(cat /tmp/events.pid)')
  })

  test('keeps what the application says of its pages: compressed by it, and for how long they are good', async () => {
    const page = await fromOutside(`${curl} https://${domain}/`)
    const script = /"(\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? ''
    const headers = await fromOutside(
      `${curl} -o /dev/null -D - -H 'Accept-Encoding: br' https://${domain}${script}`,
    )
    expect(headers).toMatch(/^HTTP\/2 200/)
    expect(headers).toMatch(/^content-encoding: br\r$/m)
    expect(headers).toMatch(/^cache-control: public, max-age=31536000, immutable\r$/m)
  })

  test('tells figures to nobody outside, though they know a token', async () => {
    const token = await fromOutside(
      `${logIn}; ${curl} -b /tmp/cookies ${json} -d '{"name":"figures"}' ${api}/me/tokens | sed 's/.*"token":"\\([^"]*\\)".*/\\1/'`,
    )
    const authorised = `${curl} -H 'Authorization: Bearer ${token}'`
    expect(await inside(`${authorised} http://127.0.0.1:8000/metrics`)).toContain('# HELP')
    for (const path of ['/metrics', '/metrics/', '//metrics', '/%6detrics', '/api/../metrics']) {
      const answer = await fromOutside(
        `${authorised} --path-as-is -w ' %{http_code}' https://${domain}${path}`,
      )
      expect(answer, path).toMatch(/404$/)
      expect(answer, path).not.toContain('# HELP')
    }
  })

  test('is checked: well, but for the certificate that nobody signed', async () => {
    const { code, stdout } = await host.bed.container.run('monitoring left4me')
    expect(stdout).toMatch(/^left4me WARNING - .*\/health answers 200, but its certificate is not believed/)
    expect(code).toBe(1)
  })

  test('comes back from its backup, as docs/operations/backup.md tells', async () => {
    await fromOutside(`${logIn}; ${curl} -b /tmp/cookies ${json} -d '{"name":"to be kept"}' ${api}/servers`)
    await inside(`install -d -o left4me -g left4me /var/lib/left4me/runtime/1/upper
      runuser -u left4me -- sh -c 'echo mine >/var/lib/left4me/runtime/1/upper/server.cfg'
      systemctl start backup.service`)
    await fromOutside(`${curl} -b /tmp/cookies ${json} -d '{"name":"too late"}' ${api}/servers`)
    expect(await serverNames()).toEqual(expect.arrayContaining(['to be kept', 'too late']))

    await inside('rm -rf /var/lib/left4me/data /var/lib/left4me/runtime/1 /var/lib/left4me/overlays')
    await inside(`systemctl stop left4me-web.service
      backup restic restore latest --quiet --target / --include /var/lib/left4me
      left4me restore /var/lib/left4me/data/backup/left4me.db`)
    mustSucceed(await apply(node, host.bed.transport))
    expect(
      await inside(
        'stat -c %U:%G /var/lib/left4me/runtime/1/upper/server.cfg; cat /var/lib/left4me/runtime/1/upper/server.cfg',
      ),
    ).toBe('left4me:left4me\nmine')
    await waitFor(
      'the panel',
      async () =>
        (await fromOutside(`${curl} -o /dev/null -w '%{http_code}' https://${domain}/health`)) === '200',
    )
    const names = await serverNames()
    expect(names).toContain('to be kept')
    expect(names).not.toContain('too late')
    expect(await apply(node, host.bed.transport)).toMatchObject({ exitCode: 0, counts: { fixed: 0 } })
  })
})
