import { apply, verify } from '@left4me/converge'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import type { DeployBed } from '../support/deploy-bed.ts'
import { type AcmeAuthority, startAuthorities } from '../support/web-front/acme-authority.ts'
import { applied, domain, openWebFrontBed, webFrontNode } from '../support/web-front/web-front-bed.ts'

interface Served {
  readonly issuer: string
  readonly serial: string
}

describeWith(['root'], 'certificates, one after the other,', () => {
  let bed: DeployBed
  let one: AcmeAuthority
  let other: AcmeAuthority

  /** What a browser is shown. */
  const served = async (): Promise<Served> => {
    const text = await bed.container.succeed(
      `openssl s_client -connect ${domain}:443 -servername ${domain} </dev/null 2>/dev/null | openssl x509 -noout -issuer -serial -checkhost ${domain}`,
    )
    expect(text).toContain('does match certificate')
    return { issuer: /^issuer=(.*)$/m.exec(text)?.[1] ?? '', serial: /^serial=(.*)$/m.exec(text)?.[1] ?? '' }
  }
  /** nginx takes what it is told to read a moment later. */
  const untilServed = (what: string, wanted: (now: Served) => boolean): Promise<Served> =>
    waitFor(what, async () => {
      const now = await served()
      return wanted(now) ? now : null
    })
  const from = (authority: AcmeAuthority) => webFrontNode({ letsencrypt: { ...authority.metadata } })
  const selfSigned = `CN=${domain}`

  beforeAll(async () => {
    bed = await openWebFrontBed()
    ;[one, other] = await startAuthorities(bed.container)
  })
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]()
  })

  test('are self-signed while the authority is away, which fails alone and is told', async () => {
    await bed.container.succeed(`systemctl stop ${one.unit}`)
    const report = await apply(from(one), bed.transport)
    expect(report).toMatchObject({ exitCode: 1, counts: { failed: 1, skipped: 0 } })
    const failed = report.items.find(item => item.status === 'failed')
    expect(failed).toMatchObject({ id: `action:certificate-${domain}` })
    expect(failed?.message).toMatch(/refused|connect/i)
    expect((await served()).issuer).toBe(selfSigned)
  })

  test('come from the authority as soon as it is there', async () => {
    await one.start()
    const report = await applied(bed, from(one))
    expect(report.items.filter(item => item.status === 'fixed').map(item => item.id)).toEqual([
      `action:certificate-${domain}`,
    ])
    expect(
      (await untilServed('the real certificate', ({ issuer }) => issuer !== selfSigned)).issuer,
    ).toContain('Pebble')
    expect(await applied(bed, from(one))).toMatchObject({ counts: { fixed: 0 } })
  })

  test('are renewed by the timer’s own service, and served without a restart', async () => {
    expect(
      await bed.container.succeed('systemctl is-enabled certbot.timer; systemctl is-active certbot.timer'),
    ).toBe('enabled\nactive')
    const before = await served()
    const master = await bed.container.succeed('cat /run/nginx.pid')
    // Due at once.
    await bed.container.succeed(
      `sed -i '1i renew_before_expiry = 9000 days' /etc/letsencrypt/renewal/${domain}.conf; systemctl start certbot.service`,
    )
    await untilServed('the renewed certificate', ({ serial }) => serial !== before.serial)
    expect(await bed.container.succeed('cat /run/nginx.pid')).toBe(master)
    expect(await applied(bed, from(one))).toMatchObject({ counts: { fixed: 0 } })
  })

  test('are asked for anew when another authority is named, as from staging to the real one', async () => {
    const before = await served()
    // The timer's certbot happens to be at work, which a second one doesn't wait for: it has this lock.
    await bed.container.write(
      '/srv/at-work.py',
      `import fcntl, os, time
lock = open('/etc/letsencrypt/.certbot.lock', 'w')
fcntl.lockf(lock, fcntl.LOCK_EX)
open('/run/at-work', 'w').close()
while not os.path.exists('/run/go'):
    time.sleep(0.1)
`,
    )
    await bed.container.write(
      '/run/systemd/system/certbot.service.d/at-work.conf',
      '[Service]\nExecStart=\nExecStart=/usr/bin/python3 /srv/at-work.py\n',
    )
    await bed.container.succeed(`systemctl daemon-reload; systemctl start --no-block certbot.service
      until [ -e /run/at-work ]; do sleep 0.1; done`)
    const applying = applied(bed, from(other))
    await waitFor('who waits', async () => (await bed.container.run('pgrep -f -x "sleep 1"')).code === 0)
    await bed.container.succeed(
      'touch /run/go; rm -r /run/systemd/system/certbot.service.d; systemctl daemon-reload',
    )
    await applying
    const after = await untilServed(
      'the other authority’s certificate',
      ({ issuer }) => issuer !== before.issuer,
    )
    expect(after.issuer).toContain('Pebble')
    expect(await applied(bed, from(other))).toMatchObject({ counts: { fixed: 0 } })
  })

  test('survive that a run was killed between the certificate and the server', async () => {
    const folder = `/var/lib/certificates/${domain}`
    await bed.container.succeed(`ln -sfT self-signed ${folder}/current; systemctl reload nginx`)
    const count = await bed.container.succeed(`ls /etc/letsencrypt/archive/${domain} | wc -l`)
    expect(await verify(from(other), bed.transport)).toMatchObject({ exitCode: 3 })
    await applied(bed, from(other))
    await untilServed('the real certificate again', ({ issuer }) => issuer !== selfSigned)
    expect(await bed.container.succeed(`ls /etc/letsencrypt/archive/${domain} | wc -l`)).toBe(count)
  })

  test('are self-signed again when the real one is deleted, until there is a new one', async () => {
    await bed.container.succeed(`certbot delete --non-interactive --cert-name ${domain}
      nft 'add table inet away; add chain inet away output { type filter hook output priority 0; }
        add rule inet away output tcp dport 14010 reject with tcp reset'`)
    expect(await apply(from(other), bed.transport)).toMatchObject({ exitCode: 1, counts: { failed: 1 } })
    await untilServed('the self-signed one', ({ issuer }) => issuer === selfSigned)
    await bed.container.succeed('nginx -t -q; nft delete table inet away')
    await applied(bed, from(other))
    await untilServed('the real certificate', ({ issuer }) => issuer !== selfSigned)
  })

  test('and their keys are root’s alone', async () => {
    const find = `find /var/lib/certificates/ /etc/letsencrypt/ -name '*.pem' -readable`
    expect(await bed.container.succeed(find)).toContain('privkey')
    expect(
      await bed.container.succeed(
        `setpriv --reuid=nobody --regid=nogroup --clear-groups ${find} 2>/dev/null || true`,
      ),
    ).toBe('')
  })
})
