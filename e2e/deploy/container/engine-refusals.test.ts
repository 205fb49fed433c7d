import { dropIn, file, type Item, nftFragment, service, sudoers, unit } from '@left4me/converge'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { type DeployBed, openDeployBed } from '../support/deploy-bed.ts'
import { applyTo } from './engine-bed.ts'

/** A file of each program's: as it should be, with an error in it, and how it is judged on the target. */
interface Judged {
  readonly path: string
  readonly good: string
  readonly bad: string
  /** What the program says of the bad one. */
  readonly says: RegExp
  readonly item: (content: string, validated: boolean) => Item
}

const sshdSettings = '/etc/ssh/sshd_config.d/bed.conf'
const judged: Readonly<Record<string, Judged>> = {
  sudoers: {
    path: '/etc/sudoers.d/bed',
    good: '%sudo ALL=(ALL) NOPASSWD: /usr/bin/true\n',
    bad: '%sudo ALL=(ALL NOPASSWD /usr/bin/true\n',
    says: /syntax error/,
    item: (content, validated) =>
      validated ? sudoers('bed', { content }) : file('/etc/sudoers.d/bed', { content, mode: '0440' }),
  },
  nft: {
    path: '/etc/nftables.d/bed.nft',
    good: 'table inet bed\ndelete table inet bed\ntable inet bed { chain input { type filter hook input priority 0; tcp dport 7 drop; }\n}\n',
    bad: 'table inet bed\ndelete table inet bed\ntable inet bed { chain input { type filter hook input priority 0; tcp dport seven drip; }\n}\n',
    says: /syntax error|Error:/,
    item: (content, validated) =>
      validated
        ? nftFragment('bed', { table: 'inet bed', content })
        : file('/etc/nftables.d/bed.nft', { content }),
  },
  unit: {
    path: '/usr/local/lib/systemd/system/bed.service',
    good: '[Service]\nExecStart=/usr/bin/sleep infinity\n',
    bad: '[Service]\nExecStart=sleep-that-is-nowhere infinity\n',
    says: /not executable|No such file|bed\.service/,
    item: (content, validated) =>
      unit('bed.service', {
        sections: { Service: { ExecStart: content.split('ExecStart=')[1]?.trim() ?? '' } },
        verify: validated,
      }),
  },
  'drop-in': {
    path: '/usr/local/lib/systemd/system/nginx.service.d/bed.conf',
    good: '[Service]\nLimitNOFILE=2000\n',
    bad: '[Service]\nLimitOfOpenFiles=2000\n',
    says: /Unknown key/,
    item: (content, validated) => dropIn('nginx.service/bed', { sections: content, verify: validated }),
  },
  nginx: {
    path: '/etc/nginx/nginx.conf',
    good: 'events {}\nhttp { server { listen 127.0.0.1:8080; return 204; } }\n',
    bad: 'events {}\nhttp { server { listen 127.0.0.1:8080; return 204 } }\n',
    says: /nginx.*emerg|unexpected/s,
    item: (content, validated) =>
      file('/etc/nginx/nginx.conf', {
        content,
        ...(validated ? { validate: ['nginx', '-t', '-q', '-c', '%s'] } : {}),
      }),
  },
  sshd: {
    path: sshdSettings,
    good: 'LoginGraceTime 60\n',
    bad: 'LoginGraceTime sixty minutes\n',
    says: /Bad configuration|bad|invalid/,
    item: (content, validated) =>
      file(sshdSettings, { content, ...(validated ? { validate: ['sshd', '-t', '-f', '%s'] } : {}) }),
  },
}

describeWith(['root'], 'a file with an error in it', () => {
  let bed: DeployBed
  beforeAll(async () => {
    bed = await openDeployBed()
  })
  afterAll(() => bed?.[Symbol.asyncDispose]())

  for (const [kind, { path, good, bad, says, item }] of Object.entries(judged)) {
    it(`of the kind ${kind} is refused before it is live, and the rest is made all the same`, async () => {
      const items = (content: string, rest: string) => [
        item(content, true),
        file('/srv/rest', { content: rest }),
        file('/srv/needs-it', { content: rest, needs: [item(content, true).id] }),
      ]
      expect(await applyTo(bed.transport, items(good, 'one'))).toMatchObject({ exitCode: 0 })
      const before = await bed.container.succeed(`stat -c '%i %Y' ${path}; cat ${path}`)
      const report = await applyTo(bed.transport, items(bad, 'two'))
      expect(report).toMatchObject({ exitCode: 1, counts: { failed: 1, skipped: 1 } })
      expect(report.items.find(({ status }) => status === 'failed')?.message).toMatch(says)
      expect(await bed.container.succeed(`stat -c '%i %Y' ${path}; cat ${path}`)).toBe(before)
      expect(await bed.container.succeed('cat /srv/rest /srv/needs-it')).toBe('twoone')
      expect(
        await bed.container.succeed(`find ${path.slice(0, path.lastIndexOf('/'))} -name '*left4me-new*'`),
      ).toBe('')
      expect(await applyTo(bed.transport, items(good, 'two'))).toMatchObject({ exitCode: 0 })
    })

    it(`of the kind ${kind} would be live without its judgement`, async () => {
      await applyTo(bed.transport, [item(bad, false)])
      expect(await bed.container.succeed(`cat ${path}`)).toBe(bad.trim())
      await applyTo(bed.transport, [item(good, true)])
    })
  }

  it('leaves sudo, the firewall and the service working', async () => {
    const items = (bad: boolean) => {
      const content = (program: string) => judged[program]?.[bad ? 'bad' : 'good'] ?? ''
      return [
        ...Object.entries(judged).flatMap(([program, { item }]) => item(content(program), true)),
        service('bed', { running: true }),
      ]
    }
    await bed.container.succeed('useradd --groups sudo somebody')
    expect(await applyTo(bed.transport, items(false))).toMatchObject({ exitCode: 0 })
    const pid = await bed.container.succeed('systemctl show -P MainPID bed')
    expect(await applyTo(bed.transport, items(true))).toMatchObject({ exitCode: 1, counts: { failed: 6 } })
    await bed.container.succeed('runuser -u somebody -- sudo -n /usr/bin/true; visudo -c; sshd -t; nginx -t')
    expect(await bed.container.succeed('nft list table inet bed')).toContain('tcp dport 7 drop')
    expect(await bed.container.succeed('systemctl show -P MainPID bed')).toBe(pid)
    // What each of them would have come to.
    await bed.container.succeed(`echo '${judged['sudoers']?.bad.trim()}' >/etc/sudoers.d/bed`)
    expect((await bed.container.run('visudo -c')).code).not.toBe(0)
  })
})
