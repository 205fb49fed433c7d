import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { DeployBed } from '../support/deploy-bed.ts'
import {
  applied,
  domain,
  openWebFrontBed,
  untilUpstream,
  webFrontNode,
} from '../support/web-front/web-front-bed.ts'

const url = `https://${domain}/health`
const folder = `/var/lib/certificates/${domain}`
const node = webFrontNode({ monitoring: { checks: { panel: { url } } } })

describeWith(['root'], 'the check of a site', () => {
  let bed: DeployBed

  /** As whoever needs no privilege; with the site's own certificate believed, if told. */
  const check = async (options: { believed: boolean; words?: string }) => {
    const believing = options.believed ? 'CURL_CA_BUNDLE=/tmp/believed.pem' : ''
    const { code, stdout } = await bed.container.run(
      `setpriv --reuid=nobody --regid=nogroup --clear-groups env ${believing} monitoring ${options.words ?? 'panel'}`,
    )
    return { code, line: stdout.trimEnd() }
  }
  /** Makes the site's certificate good for so many days, and believed by whoever asks for it. */
  const certificateFor = (days: number) =>
    bed.container.succeed(`openssl req -x509 -key ${folder}/current/privkey.pem -days ${days} -subj /CN=${domain} \
        -addext subjectAltName=DNS:${domain} -out ${folder}/current/fullchain.pem
      cp ${folder}/current/fullchain.pem /tmp/believed.pem; chmod 644 /tmp/believed.pem
      systemctl restart nginx`)

  beforeAll(async () => {
    bed = await openWebFrontBed()
    await applied(bed, node)
  })
  beforeEach(async () => {
    await bed.container.succeed('systemctl restart upstream.service; systemctl reset-failed')
    await untilUpstream(bed)
    await certificateFor(90)
  })
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]()
  })

  test('says OK in one line that a monitoring understands', async () => {
    const { code, line } = await check({ believed: true })
    expect(line).toMatch(
      /^panel OK - https:\/\/l4d2\.example\.org\/health answers 200, its certificate is good for (89|90) days \| time=\d+\.\d+s$/,
    )
    expect(code).toBe(0)
  })

  test('warns of a certificate that nobody believes', async () => {
    expect(await check({ believed: false })).toEqual({
      code: 1,
      line: expect.stringContaining(
        `panel WARNING - ${url} answers 200, but its certificate is not believed |`,
      ),
    })
  })

  test('warns before a certificate ends', async () => {
    await certificateFor(10)
    expect(await check({ believed: true })).toEqual({
      code: 1,
      line: expect.stringMatching(
        /panel WARNING - .* answers 200, but its certificate ends in (9|10) days \|/,
      ),
    })
  })

  test('is critical when the application says that it fails, with what it says', async () => {
    await bed.container.succeed('curl --silent http://127.0.0.1:8000/health/fail')
    expect(await check({ believed: true })).toEqual({
      code: 2,
      line: expect.stringContaining(`panel CRITICAL - ${url} answers 503: {"status":"failing"} |`),
    })
  })

  test('is critical when nobody answers, whatever the certificate', async () => {
    await bed.container.succeed('systemctl stop upstream.service')
    expect(await check({ believed: false })).toEqual({
      code: 2,
      line: expect.stringContaining(
        `panel CRITICAL - ${url} answers 503: ${domain} is being restarted or has failed`,
      ),
    })
    await bed.container.succeed('systemctl stop nginx.service')
    expect(await check({ believed: true })).toEqual({
      code: 2,
      line: expect.stringMatching(/^panel CRITICAL - .* does not answer: curl: \(7\)/),
    })
  })

  test('that nobody has declared is unknown', async () => {
    expect(await check({ believed: true, words: 'pannel' })).toEqual({
      code: 3,
      line: 'UNKNOWN - there is no check pannel in /etc/monitoring/checks',
    })
  })

  test('is made by a timer, whose service fails while something is critical and not for a warning', async () => {
    expect(
      await bed.container.succeed(
        'systemctl is-enabled monitoring.timer; systemctl is-active monitoring.timer',
      ),
    ).toBe('enabled\nactive')
    // Every five minutes it would start the service beside the test.
    await bed.container.succeed(
      'systemctl stop monitoring.timer monitoring.service; systemctl reset-failed monitoring.service || true',
    )
    const { code } = await bed.container.run('systemctl start monitoring.service')
    expect(code).toBe(0)
    await bed.container.succeed('systemctl stop upstream.service')
    expect(await bed.container.run('systemctl start monitoring.service')).toMatchObject({ code: 1 })
    expect(await bed.container.succeed('systemctl is-failed monitoring.service')).toBe('failed')
    expect(
      await bed.container.succeed('journalctl --sync; journalctl --unit=monitoring.service --output=cat'),
    ).toMatch(/panel WARNING - [\s\S]*panel CRITICAL - /)
  })
})
