import { apply, defineBundle, defineNode, file, Secret, service, verify } from '@left4me/converge'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { DeployBed } from '../support/deploy-bed.ts'
import {
  applied,
  domain,
  openWebFrontBed,
  siteBehind,
  webFrontNode,
} from '../support/web-front/web-front-bed.ts'

const site = `file:/etc/nginx/sites-enabled/${domain}.conf`
const headers = `/etc/nginx/upstream-headers/${domain}.conf`

describeWith(['root'], 'nginx’s configuration', () => {
  let bed: DeployBed

  const works = async (): Promise<boolean> => {
    const { stdout } = await bed.container.run(
      `nginx -t -q && curl --silent --insecure -o /dev/null -w '%{http_code}' https://${domain}/health`,
    )
    return stdout === '200'
  }
  /** A site of the same name whose secret ends its directive early, which nobody can see before nginx does. */
  const broken = webFrontNode({
    nginx: {
      vhosts: {
        [domain]: siteBehind(new Secret('broken', () => 'x"; nonsense "')),
      },
    },
  })

  beforeAll(async () => {
    bed = await openWebFrontBed()
  })
  afterAll(async () => {
    await bed?.[Symbol.asyncDispose]()
  })

  test('of a site whose port another program has is refused, and the program named', async () => {
    await bed.container.succeed(`systemd-run --quiet --unit=occupier nc -lk 443
      until ss -Htln sport = :443 | grep -q .; do sleep 0.1; done`)
    const report = await apply(webFrontNode(), bed.transport)
    await bed.container.succeed('systemctl stop occupier')
    const failed = report.items.filter(item => item.status === 'failed')
    expect(failed.map(item => item.id).sort()).toEqual(['file:/etc/nginx/conf.d/other-names.conf', site])
    for (const { message } of failed)
      expect(message).toMatch(/Another program listens on port 80 or 443[\s\S]*:443 .*"nc"/)
    await applied(bed, webFrontNode())
    expect(await works()).toBe(true)
  })

  test('that two files make wrong together is refused, the other one named', async () => {
    const own = '/etc/nginx/conf.d/own.conf'
    await bed.container.write(own, 'server { listen 443 ssl default_server; ssl_reject_handshake on; }\n')
    await bed.container.succeed('rm /etc/nginx/conf.d/other-names.conf')
    const failed = (await apply(webFrontNode(), bed.transport)).items.filter(item => item.status === 'failed')
    expect(failed.map(item => item.id)).toEqual(['file:/etc/nginx/conf.d/other-names.conf'])
    expect(failed[0]?.message).toMatch(/duplicate default server for 0.0.0.0:443 in \/etc\/nginx\/conf.d\//)
    expect(await works()).toBe(true)
    // The operator's own site is to answer to other names.
    const theirs = webFrontNode({ nginx: { refuse_other_names: false } })
    await applied(bed, theirs)
    expect(await applied(bed, theirs)).toMatchObject({ counts: { fixed: 0 } })
    await bed.container.succeed(`rm ${own}`)
    await applied(bed, webFrontNode())
    expect(await works()).toBe(true)
  })

  test('with an error is refused before it is live, the place is named, and the rest stays', async () => {
    const before = await bed.container.succeed('find /etc/nginx -type f -exec sha256sum {} + | sort')
    const report = await apply(broken, bed.transport)
    expect(report).toMatchObject({ exitCode: 1, counts: { failed: 1 } })
    const failed = report.items.find(item => item.status === 'failed')
    expect(failed).toMatchObject({ id: `file:${headers}` })
    expect(failed?.message).toContain(`unknown directive "nonsense" in ${headers}:6`)
    expect(failed?.message).not.toContain('x"; nonsense')
    expect(await bed.container.succeed('find /etc/nginx -type f -exec sha256sum {} + | sort')).toBe(before)
    expect(await works()).toBe(true)
  })

  test('of a site that another file has already is refused, and the file named', async () => {
    const old = `/etc/nginx/sites-enabled/${domain}`
    await bed.container.write(
      old,
      `server { listen 443 ssl; server_name ${domain}; ssl_reject_handshake on; }\n`,
    )
    await bed.container.succeed(`rm /etc/nginx/sites-enabled/${domain}.conf`)
    const report = await apply(webFrontNode(), bed.transport)
    const failed = report.items.find(item => item.status === 'failed')
    expect(failed?.id).toBe(site)
    expect(failed?.message).toContain(`a site of the name ${domain} already. Remove it from these:\n${old}\n`)
    await bed.container.succeed(`rm ${old}`)
    await applied(bed, webFrontNode())
    expect(await works()).toBe(true)
  })

  test('that nginx would not read is refused', async () => {
    const main = '/etc/nginx/nginx.conf'
    await bed.container.succeed(`cp ${main} /tmp/nginx.conf; sed -i '/sites-enabled/d' ${main}
      rm /etc/nginx/sites-enabled/${domain}.conf`)
    const report = await apply(webFrontNode(), bed.transport)
    expect(report.items.find(item => item.status === 'failed')?.message).toContain(
      `nginx.conf does not include /etc/nginx/sites-enabled/${domain}.conf`,
    )
    await bed.container.succeed(`cp /tmp/nginx.conf ${main}`)
    await applied(bed, webFrontNode())
    expect(await works()).toBe(true)
  })

  test('would be live with its error if nobody judged it', async () => {
    const trusting = defineNode({
      name: 'bed',
      bundles: [
        defineBundle({
          name: 'trusting',
          items: () => [
            file(headers, { content: 'nonsense;\n', triggers: ['service:nginx'] }),
            service('nginx', { running: true, onTrigger: 'reload' }),
          ],
        }),
      ],
    })
    expect(await apply(trusting, bed.transport)).toMatchObject({ exitCode: 1 })
    expect(await works()).toBe(false)
    expect(await bed.container.succeed(`cat ${headers}`)).toBe('nonsense;')
    await applied(bed, webFrontNode())
    expect(await works()).toBe(true)
  })

  test('changed by hand is named and mended, and nothing else', async () => {
    const path = `/etc/nginx/sites-enabled/${domain}.conf`
    await bed.container.succeed(
      `sed -i 's/proxy_buffering off/proxy_buffering on/' ${path}; chmod 644 ${headers}`,
    )
    const drift = await verify(webFrontNode(), bed.transport)
    const changed = [site, `file:${headers}`].sort()
    expect(drift).toMatchObject({ exitCode: 3 })
    expect(
      drift.items
        .filter(item => item.status === 'change' && item.triggered === undefined)
        .map(item => item.id)
        .sort(),
    ).toEqual(changed)
    const report = await applied(bed, webFrontNode())
    expect(
      report.items
        .filter(item => item.status === 'fixed' && item.triggered === undefined)
        .map(item => item.id)
        .sort(),
    ).toEqual(changed)
    expect(await verify(webFrontNode(), bed.transport)).toMatchObject({ exitCode: 0 })
  })
})
