import { expect, test } from 'vitest'
import type { Report } from '../../../packages/converge/src/index.ts'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { mustSucceed, useNodeBed } from '../support/node-bed.ts'

/** What somebody does by hand, and the items that have to say so. */
const byHand: readonly (readonly [script: string, ...items: string[]])[] = [
  // A mode, an owner, content, a link, an account.
  ['chmod 0666 /etc/left4me/host.env', 'file:/etc/left4me/host.env'],
  ['chown left4me /usr/local/libexec/left4me', 'directory:/usr/local/libexec/left4me'],
  [
    'echo "nameserver 192.0.2.99" >>/etc/left4me/sandbox-resolv.conf',
    'file:/etc/left4me/sandbox-resolv.conf',
  ],
  ['ln -sfn /tmp /usr/local/sbin/left4me', 'symlink:/usr/local/sbin/left4me'],
  ['usermod --shell /bin/bash left4me', 'user:left4me'],
  // The checkout that root trusts: a file of it, and one more.
  [
    'echo >>/opt/left4me/src/package.json; echo >/opt/left4me/src/deploy/one-more',
    'release:/opt/left4me/src',
  ],
  // What runs: a service, a rule, a unit that systemd hasn't read.
  ['systemctl stop nginx', 'service:nginx'],
  ['nft add rule inet host_firewall input tcp dport 6666 accept', 'nft:host-firewall'],
  [
    'echo "# by hand" >>/usr/local/lib/systemd/system/left4me-workshop-refresh.service',
    'unit:left4me-workshop-refresh.service',
    'systemd:daemon-reload',
    'action:units-loaded',
  ],
]

describeWith(['root'], 'drift on a left4me host', () => {
  const host = useNodeBed()

  test('is none after an apply', async () => {
    expect(await host().verify()).toMatchObject({ exitCode: 0, counts: { changes: 0 } })
  })

  test('is none either when a server was enabled without a reload, as its first start does', async () => {
    const { container } = host().bed
    const server = 'left4me-server@7.service'
    await container.succeed(`systemctl enable --no-reload ${server}`)
    expect(await container.succeed('systemctl show -p NeedDaemonReload --value left4me-web.service')).toBe(
      'yes',
    )
    expect(await host().verify()).toMatchObject({ exitCode: 0, counts: { changes: 0 } })
    await container.succeed(`systemctl disable ${server}`)
  })

  test('of many kinds: verify exits with 3, changes nothing and names each, and apply mends just those', async () => {
    const { container } = host().bed
    for (const [script] of byHand) await container.succeed(script)
    const items = byHand.flatMap(([, ...named]) => named).sort()
    for (let time = 0; time < 2; time++) {
      const found = await host().verify()
      expect(found.exitCode).toBe(3)
      expect(drifted(found, 'change')).toEqual(items)
    }
    const mended = mustSucceed(await host().apply())
    // A proof, not a thing to mend: it is right again when systemd has read what was mended.
    expect(drifted(mended, 'fixed')).toEqual(items.filter(id => id !== 'action:units-loaded'))
    expect(await host().apply()).toMatchObject({ exitCode: 0, counts: { fixed: 0 } })
    expect(
      await container.run('nft list ruleset | grep 6666; ls /opt/left4me/src/deploy/one-more'),
    ).toMatchObject({
      stdout: '',
    })
    expect(await container.succeed('systemctl is-active nginx left4me-web')).toBe('active\nactive')
  })

  test('of what nobody declared is nobody’s: it stays, and isn’t named', async () => {
    await host().bed.container.succeed('echo mine >/etc/left4me/of-the-operator; useradd somebody')
    expect(await host().apply()).toMatchObject({ exitCode: 0, counts: { fixed: 0 } })
    expect(await host().bed.container.succeed('cat /etc/left4me/of-the-operator; id -un somebody')).toBe(
      'mine\nsomebody',
    )
  })
})

/** The items of a status, without the reactions to them. */
function drifted(report: Report, status: 'change' | 'fixed'): string[] {
  return report.items
    .filter(item => item.status === status && item.triggered !== true)
    .map(({ id }) => id)
    .sort()
}
