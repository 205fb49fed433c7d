import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { DeployBed } from '../support/deploy-bed.ts'
import {
  applied,
  domain,
  openWebFrontBed,
  proxySecret,
  untilUpstream,
  webFrontNode,
} from '../support/web-front/web-front-bed.ts'

const curl = 'curl --silent --insecure --max-time 20'

/** What the application behind got of a request. */
interface Arrived {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly count: Readonly<Record<string, number>>
}

describeWith(['root'], 'a site behind nginx', () => {
  let bed: DeployBed

  /** On the machine outside. */
  const ask = async (script: string): Promise<string> => (await bed.outside(script)).stdout

  beforeAll(async () => {
    bed = await openWebFrontBed()
    await applied(bed, webFrontNode())
  })
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]()
  })

  test('is as it should be when it is applied again, and after a reboot', async () => {
    expect(await applied(bed, webFrontNode())).toMatchObject({ counts: { fixed: 0, failed: 0, skipped: 0 } })
    await bed.reboot()
    await untilUpstream(bed)
    expect(await applied(bed, webFrontNode())).toMatchObject({ counts: { fixed: 0, failed: 0 } })
  })

  test('sends HTTP to HTTPS', async () => {
    expect(
      await ask(`${curl} -o /dev/null -w '%{http_code} %{redirect_url}' 'http://${domain}/servers?a=b'`),
    ).toBe(`301 https://${domain}/servers?a=b`)
  })

  test('speaks HTTP/2 and TLS 1.2 and 1.3, and nothing older', async () => {
    const version = '-o /dev/null -w "%{http_version} %{http_code}"'
    expect(await ask(`${curl} ${version} https://${domain}/health`)).toBe('2 200')
    const handshake = async (protocol: string, port = 443) =>
      (
        await bed.outside(
          `openssl s_client -connect ${domain}:${port} -servername ${domain} -cipher ALL:@SECLEVEL=0 ${protocol} </dev/null`,
        )
      ).code
    expect(await handshake('-tls1_3')).toBe(0)
    expect(await handshake('-tls1_2')).toBe(0)
    expect(await handshake('-tls1_1')).not.toBe(0)
    expect(await handshake('-tls1')).not.toBe(0)
    // The same client does speak them, with a server that lets it.
    const folder = `/var/lib/certificates/${domain}/current`
    await bed.container.succeed(`systemd-run --quiet --unit=old-server openssl s_server -accept 4433 -quiet \
      -cert ${folder}/fullchain.pem -key ${folder}/privkey.pem -cipher ALL:@SECLEVEL=0
      until ss -Htln sport = :4433 | grep -q .; do sleep 0.1; done`)
    expect(await handshake('-tls1_1', 4433)).toBe(0)
    expect(await handshake('-tls1', 4433)).toBe(0)
  })

  test('gives who asks for another name neither an answer nor a certificate', async () => {
    expect(await bed.outside(`${curl} http://other.example.org/`)).toMatchObject({ code: 52, stdout: '' })
    const { stdout } = await bed.outside(
      `openssl s_client -connect ${domain}:443 -servername other.example.org </dev/null`,
    )
    expect(stdout).toContain('no peer certificate available')
  })

  test('tells browsers to come by HTTPS only, and not which nginx it is', async () => {
    const headers = await ask(`${curl} -o /dev/null -D - https://${domain}/health`)
    expect(headers).toMatch(/^strict-transport-security: max-age=31536000\r$/m)
    expect(headers).toMatch(/^server: nginx\r$/m)
  })

  test('tells the application the client’s address and proves itself, whatever the client claims', async () => {
    const forged = ['X-Forwarded-For: 203.0.113.9', 'X-Left4me-Proxy: guessed', 'X-Forwarded-Proto: http']
    const { headers, count } = JSON.parse(
      await ask(`${curl} ${forged.map(header => `-H '${header}'`).join(' ')} https://${domain}/request`),
    ) as Arrived
    expect(headers).toMatchObject({
      host: domain,
      'x-forwarded-for': '198.51.100.2',
      'x-forwarded-proto': 'https',
      'x-left4me-proxy': proxySecret,
    })
    expect(count).toMatchObject({ 'x-forwarded-for': 1, 'x-left4me-proxy': 1, 'x-forwarded-proto': 1 })
  })

  test('keeps what proves it readable for root alone', async () => {
    const found = await bed.container.succeed(
      `grep -rl '${proxySecret}' /etc/nginx; stat -c '%a %U' /etc/nginx/upstream-headers/*.conf`,
    )
    expect(found).toBe(`/etc/nginx/upstream-headers/${domain}.conf\n600 root`)
  })

  test.each([
    '/metrics',
    '/metrics/',
    '/metrics?a=b',
    '//metrics',
    '/%6Detrics',
    '/x/../metrics',
    '/./metrics',
    '/metrics/x',
  ])('reaches nobody at %s', async path => {
    expect(await ask(`${curl} --path-as-is -o /dev/null -w '%{http_code}' 'https://${domain}${path}'`)).toBe(
      '404',
    )
    expect(await ask(`${curl} --path-as-is 'https://${domain}${path}'`)).not.toContain('secret figures')
    expect(await ask(`${curl} --path-as-is --http1.1 'https://${domain}${path}'`)).not.toContain(
      'secret figures',
    )
  })

  test('answers for an application that is away', async () => {
    await bed.container.succeed('systemctl stop upstream.service')
    const answer = await ask(`${curl} -D - https://${domain}/health`)
    await bed.container.succeed('systemctl start upstream.service')
    await untilUpstream(bed)
    expect(answer).toMatch(/^HTTP\/2 503/)
    expect(answer).toMatch(/^retry-after: 5\r$/m)
    expect(answer).toContain('is being restarted or has failed')
  })
})
